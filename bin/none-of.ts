/** The subject of a sentence: not one of this many messages is so. */
export const noneOf = (messages: number): string =>
  messages === 1 ? 'the only message is not' : `none of the ${messages} messages is`;
