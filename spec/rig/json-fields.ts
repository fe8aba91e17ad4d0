import { spawnSync } from 'node:child_process';
import { type JsonField, type JsonType, jsonFields } from '../../docs/tables/json.js';
import { rfc3339 } from '../../lib/util/time.js';

type Command = keyof typeof jsonFields;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isTime = (value: unknown): boolean => typeof value === 'string' && rfc3339(Date.parse(value)) === value;

const is: Readonly<Record<string, (value: unknown) => boolean>> = {
  string: (value) => typeof value === 'string',
  time: isTime,
  integer: Number.isSafeInteger,
  boolean: (value) => typeof value === 'boolean',
  object: isObject,
  null: (value) => value === null,
  'array of strings': (value) => Array.isArray(value) && value.every((each) => typeof each === 'string'),
  'array of integers': (value) => Array.isArray(value) && value.every(Number.isSafeInteger),
  'array of objects': (value) => Array.isArray(value) && value.every(isObject),
};

const isOf = (type: JsonType, value: unknown): boolean =>
  type.split(' or ').some((one) => is[one]?.(value) === true);

/** The differences between a line of JSON and the documented fields of a command. */
export const jsonFaults = (command: Command, line: string): readonly string[] => {
  const fields = new Map<string, JsonField>(
    jsonFields[command].map((field) => [field[0].replace('?', ''), field]),
  );
  const faults: string[] = [];
  const walk = (object: Readonly<Record<string, unknown>>, within: string): void => {
    for (const [key, value] of Object.entries(object)) {
      const path = `${within}${key}`;
      const field = fields.get(path) ?? fields.get(`${within}*`);
      if (field === undefined) faults.push(`${path} is not documented`);
      else if (!isOf(field[1], value)) faults.push(`${path} is no ${field[1]}: ${JSON.stringify(value)}`);
      else if (isObject(value)) walk(value, `${path}.`);
      else if (field[1] === 'array of objects' && Array.isArray(value))
        for (const each of value) walk(each, `${path}[].`);
    }
    for (const [path, [name]] of fields) {
      const key = path.startsWith(within) ? path.slice(within.length) : '';
      if (/^\w+$/.test(key) && !name.endsWith('?') && !Object.hasOwn(object, key))
        faults.push(`${path} is missing`);
    }
  };
  const json: unknown = JSON.parse(line);
  if (isObject(json)) walk(json, '');
  else faults.push('is no object');
  return faults;
};

/** The lines of an output, each of which is as documented, and read by jq if that is there. Throws if one is not. */
export const documentedLines = (command: Command, stdout: string): readonly string[] => {
  const lines = stdout.split('\n').filter((line) => line !== '');
  for (const line of lines) {
    const faults = jsonFaults(command, line);
    if (faults.length > 0) throw new Error(`${command}: ${faults.join('; ')}\n${line}`);
  }
  const jq = spawnSync('jq', ['-c', '.'], { input: stdout, encoding: 'utf8' });
  if (jq.error === undefined && jq.stdout.split('\n').length !== lines.length + 1)
    throw new Error(
      `${command}: jq reads ${jq.stdout.split('\n').length - 1} of ${lines.length}: ${jq.stderr}`,
    );
  return lines;
};
