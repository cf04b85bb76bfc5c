// An error for each status, whatever the body of the answer is.

const KINDS = {
  400: "WrongRequest",
  401: "WrongKey",
  402: "OutOfCredits",
  403: "NotAllowed",
  404: "NotFound",
  409: "Conflict",
  413: "WrongRequest",
  415: "WrongRequest",
  422: "WrongRequest",
  429: "TooMany",
};

// The API refused a request: `name` and `status` say how, `code` why, and the message tells people.
export class ApiError extends Error {
  constructor(status, code, message) {
    super(`${status} ${code}: ${message}`);
    Object.assign(this, { name: KINDS[status] ?? "ApiError", status, code });
  }
}

// Returns the error that an answer stands for: by its status, with details if they can be read.
export async function errorOf(answer) {
  const error = (await answer.json().catch(() => null))?.error;
  const details = typeof error === "object" && error !== null ? error : { message: error ?? answer.statusText };
  return new ApiError(answer.status, String(details.code ?? ""), String(details.message ?? ""));
}
