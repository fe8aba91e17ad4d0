/**
 * The text of a member's value in the text of a JSON object, as the sender wrote it: `{"n": 1.0}` keeps `1.0`, and a
 * number of 20 digits keeps them all, where parsing and printing would not. If a name occurs twice, the last one
 * counts, as with `JSON.parse`. `json` must be an object that `JSON.parse` accepts; undefined if it has no such member.
 */
export const rawMember = (json: string, name: string): string | undefined => {
  let found: string | undefined;
  let at = skipBlank(json, json.indexOf('{') + 1);
  while (json[at] === '"') {
    const nameEnd = endOfString(json, at);
    const start = skipBlank(json, skipBlank(json, nameEnd) + 1);
    const end = endOfValue(json, start);
    if (JSON.parse(json.slice(at, nameEnd)) === name) found = json.slice(start, end).trimEnd();
    at = skipBlank(json, end + 1);
  }
  return found;
};

const skipBlank = (json: string, at: number): number => {
  let next = at;
  while (next < json.length && ' \t\n\r'.includes(json.charAt(next))) next += 1;
  return next;
};

/** The position behind the string that starts at `at`. */
const endOfString = (json: string, at: number): number => {
  let next = at + 1;
  while (next < json.length && json[next] !== '"') next += json[next] === '\\' ? 2 : 1;
  return next + 1;
};

/** The position of the comma or the brace that ends the value that starts at `at`. */
const endOfValue = (json: string, at: number): number => {
  let depth = 0;
  let next = at;
  while (next < json.length) {
    const char = json.charAt(next);
    if (depth === 0 && (char === ',' || char === '}')) return next;
    if (char === '{' || char === '[') depth += 1;
    if (char === '}' || char === ']') depth -= 1;
    next = char === '"' ? endOfString(json, next) : next + 1;
  }
  return next;
};
