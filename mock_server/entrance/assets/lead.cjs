// Leads Node's connections to the API's hosts to the simulator, for what ignores proxies: fetch and https of Node 20.
//
// EVOLINK_LEAD says how: {"led": {"api.evolink.ai:443": ["127.0.0.1", 8443]}, "allowed": ["example.com"]}.
// Loopback and what is allowed are left alone; other hosts are refused, as by the proxy, which is told of each
// ("proxy": ["127.0.0.1", 8899]), for it sees nothing else of them. TLS is not touched: the name that is asked for, and checked, stays the API's.
'use strict';

const net = require('node:net');

const { led, allowed, proxy } = JSON.parse(process.env.EVOLINK_LEAD || '{"led":{},"allowed":null,"proxy":null}');
const connect = net.Socket.prototype.connect;

const isHere = (host) =>
  host === 'localhost' || host.endsWith('.localhost') || host === '::1' || (net.isIPv4(host) && host.startsWith('127.'));

function tell(host, port) {
  const place = net.isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`;
  const teller = new net.Socket();
  teller.on('error', () => {});
  connect.call(teller, { host: proxy[0], port: proxy[1] });
  teller.resume().end(`CONNECT ${place} HTTP/1.1\r\nHost: ${place}\r\n\r\n`);
}

function refuse(host, port) {
  const error = new Error(`connect ECONNREFUSED ${host}:${port} (evolink-mock lets only the API and what is allowed out)`);
  return Object.assign(error, { code: 'ECONNREFUSED', syscall: 'connect', address: host, port });
}

net.Socket.prototype.connect = function leadConnect(...given) {
  // net.connect hands over what it has read of its arguments as one array; everybody else calls as is documented.
  const called = Array.isArray(given[0]) ? given[0] : given;
  const options = typeof called[0] === 'object' && called[0] !== null ? called[0] : { port: called[0], host: called[1] };
  if (allowed === null || options.path != null || options.port == null || Number.isNaN(Number(options.port))) {
    return connect.apply(this, given);
  }
  const host = String(typeof options.host === 'string' ? options.host : 'localhost').toLowerCase().replace(/\.$/, '');
  const place = led[`${host}:${options.port}`];
  if (place === undefined && (isHere(host) || allowed.includes(host))) {
    return connect.apply(this, given);
  }
  if (place === undefined) {
    tell(host, options.port);
    process.nextTick(() => this.destroy(refuse(host, options.port)));
    return this;
  }
  if (typeof called[0] === 'object') {
    called[0] = { ...options, host: place[0], port: place[1] };
  } else {
    called[0] = place[1];
    called[1] = place[0];
  }
  return connect.apply(this, given);
};
