// What a connection may be called.

import { ErrorReply } from "../reply.ts";

export const INVALID_CLIENT_NAME = new ErrorReply(
  "ERR Client names cannot contain spaces, newlines or special characters.",
);

export function isClientName(name: string): boolean {
  return /^[\x21-\x7e]*$/u.test(name);
}
