/** What a file is that can't be read, and the way out. */
export interface FileKind {
  readonly detail: string;
  /** Whether it has lines, which are counted. */
  readonly isText: boolean;
}

const record = 'record with cvmqtt capture, or with mosquitto_sub -F %j';
const convert = 'convert it with editcap -F pcap, which comes with Wireshark';

/** Kinds of binary files, by their first bytes. */
const binary: readonly (readonly [begins: string, detail: string])[] = [
  ['PK\x03\x04', 'a zip archive: unzip it, and replay what is in it'],
  ["7z\xbc\xaf'\x1c", 'a 7z archive: unpack it, and replay what is in it'],
  ['Rar!', 'a rar archive: unpack it, and replay what is in it'],
  ['\x1f\x9d', 'compressed (.Z): unpack it with gzip -d'],
  ['snoop\0', `a capture of snoop: ${convert}`],
  ['RTSS', `a capture of Network Monitor: ${convert}`],
  ['GMBU', `a capture of Network Monitor: ${convert}`],
  ['\x7fELF', 'a program'],
  ['SQLite format 3', 'an SQLite database'],
  ['%PDF', 'a PDF document'],
  // Only reached within compressed data.
  ['\x1f\x8b', 'compressed too many times'],
];

/** Kinds of text files, by their first lines. */
const text: readonly (readonly [looksLike: RegExp, detail: string])[] = [
  [
    /^\s*\{\s*"ConnectionManager_connections/,
    `the settings of MQTT Explorer, which have no messages: ${record}`,
  ],
  [/^\s*\{"time":"[^"]*","level":/, `a log of cvmqtt, which is for --outages: ${record}`],
  [/^\s*<\?xml[\s\S]*<(pdml|psml)\b/, 'packets as XML of tshark: replay the packet capture itself'],
  [/^\s*<\?xml/, `XML: ${record}`],
  [/^\s*<(!doctype|html)/i, 'an HTML page'],
  [/^\s*\[\s*$/m, `one JSON document, not a line for each message: ${record}`],
  [/^\s*\[\s*[{[\]]/, `one JSON document, not a line for each message: ${record}`],
  [/^\s*\{\s*\n/, `one JSON document, not a line for each message: ${record}`],
  // Times in whole s, and payloads as they are, cut off and with line ends.
  [/^\S+ \[[A-Z]+\] \S*@\S* msg: /m, `a trace of EMQX, which has no exact payloads: ${record}`],
  [/^\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d/, `a log: ${record}`],
];

/** A topic and a payload, in which a comma may be. */
const topicLine = /^[^\s,"{[<]*\/[^\s,"]* \S/;

/** A row of mqtt-recorder: its QoS, retain flag and time. */
const recorderRow = /,[012],(True|False|0|1),\d/;

/** A line that begins a capture, or has a message; in CSV, its quotes would be doubled. */
const captureLine = /^[ \t]*\{(?=[ \t]*"[a-z]).*"(topic|cvmqtt_capture)"[ \t]*:/m;

/** Whether lines of JSON follow something else, as a line that is cut off, or what mosquitto_sub -d says. */
export const hasLinesOfJson = (head: Uint8Array): boolean => {
  const lines = Buffer.from(head).toString();
  return !/^\s*[{[<]/.test(lines) && captureLine.test(lines);
};

/** Control characters that text has: tab, line feed, form feed, carriage return, escape. */
const usualControls = new Set([0x09, 0x0a, 0x0c, 0x0d, 0x1b]);

/** What a file is, by its first bytes, if it is known to be no capture. */
export const kindOf = (head: Uint8Array): FileKind | undefined => {
  const bytes = Buffer.from(head).toString('latin1');
  const known = binary.find(([begins]) => bytes.startsWith(begins));
  if (known !== undefined) return { detail: `is ${known[1]}`, isText: false };
  if (head.subarray(0, 256).some((byte) => byte < 0x20 && !usualControls.has(byte))) {
    return { detail: 'is of a kind that is not known', isText: false };
  }
  if (hasLinesOfJson(head)) return undefined;
  const lines = Buffer.from(head).toString();
  const like = text.find(([looksLike]) => looksLike.test(lines));
  if (like !== undefined) return { detail: `is ${like[1]}`, isText: true };
  const first = lines
    .split('\n')
    .slice(0, 20)
    .filter((line) => /\S/.test(line));
  if (first.some((line) => recorderRow.test(line) || /^\s*\{/.test(line))) return undefined;
  const topics = first.filter((line) => topicLine.test(line));
  if (topics.length * 2 >= first.length && topics.length > 0) {
    const detail = `is what mosquitto_sub -v writes, which has no times and no QoS: ${record}`;
    return { detail, isText: true };
  }
  // The beginning of a row may be longer than the head.
  if (first.length <= 1 || first.some((line) => /[,"]/.test(line))) return undefined;
  return { detail: `is not a capture: it is text of no known format: ${record}`, isText: true };
};
