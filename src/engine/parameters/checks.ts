// Texts that are not free: why a value is refused, or null.

type Check = (text: string) => string | null;

/** A plain file name, without a folder. */
export function fileName(name: string, noun: "filename" | "dirname" = "filename"): Check {
  return text => {
    if (text === "") return `${name} can't be empty`;
    return /[/\\]/u.test(text) ? `${name} can't be a path, just a ${noun}` : null;
  };
}

export const hostName: Check = text => {
  if (text.length >= 256) return "Hostnames must be less than 256 characters";
  return /^[A-Za-z0-9.-]*$/u.test(text) ? null : "Hostnames may only contain alphanumeric characters, hyphens or dots";
};

export const nodeName: Check = text =>
  /^[^!-,/:-@[-`{-~\s]*$/u.test(text) ? null : "Announced human node name contained invalid character";

export const ipV4: Check = text => {
  const parts = text.split(".");
  const valid = parts.length === 4 && parts.every(part => /^\d{1,3}$/u.test(part) && Number(part) < 256);
  return text === "" || valid ? null : "Invalid IPv4 address";
};

export const ipV6: Check = text => {
  const groups = text.split(":");
  const gaps = text.split("::").length - 1;
  const wellFormed = groups.every(group => /^[0-9a-f]{0,4}$/iu.test(group)) && !text.includes(":::");
  const valid = wellFormed && (gaps === 1 ? groups.length <= 8 : gaps === 0 && groups.length === 8);
  return text === "" || valid ? null : "Invalid IPv6 address";
};

const TITLE_WORDS = ["title", "listen-addr", "server-mode", "port", "tls-port", "unixsocket", "config-file"];

export const processTitle: Check = text => {
  const unknown = [...text.matchAll(/\{([^}]*)\}?/gu)].some(
    ([whole, word]) => !whole.endsWith("}") || !TITLE_WORDS.includes(word),
  );
  return unknown ? "template format is invalid or contains unknown variables" : null;
};

export function notEmpty(name: string): Check {
  return text => (text === "" ? `${name} can't be empty` : null);
}
