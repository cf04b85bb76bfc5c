-- wrk's half of benchmarks/generators.py: draws from the requests in a file, and writes what it saw as a line of JSON.

local requests = {}

function init(arguments)
  local file = assert(io.open(arguments[1], "rb"))
  for text in file:read("*a"):gmatch("%Z+") do
    requests[#requests + 1] = text
  end
  file:close()
  math.randomseed(1)
end

function request()
  return requests[math.random(#requests)]
end

function done(summary, latency)
  local errors = summary.errors
  local failed = errors.status + errors.connect + errors.read + errors.write + errors.timeout
  local rate = summary.requests / summary.duration * 1e6
  local p50, p99 = latency:percentile(50) / 1e3, latency:percentile(99) / 1e3
  io.write(string.format('{"rate":%f,"p50":%f,"p99":%f,"failed":%d}\n', rate, p50, p99, failed))
end
