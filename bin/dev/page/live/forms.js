/**
 * Asks the server to do something. Resolves with what it says.
 *
 * @param {string} action
 * @param {object} input
 * @returns {Promise<{ readonly text: string, readonly isGood: boolean, readonly digest: string | undefined }>}
 */
export const act = async (action, input) => {
  const token = document.querySelector('meta[name=token]')?.getAttribute('content') ?? '';
  try {
    const response = await fetch(`/do/${action}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-cvmqtt-token': token },
      body: JSON.stringify(input),
    });
    const { error, text, warnings = [], digest } = await response.json();
    return error === undefined
      ? { text: [text, ...warnings].join('\n'), isGood: true, digest }
      : { text: `${error}`, isGood: false, digest: undefined };
  } catch {
    return { text: 'cvmqtt dev does not answer', isGood: false, digest: undefined };
  }
};

/** The fields of a form that are filled in; numbers where the field is for one. @param {HTMLFormElement} form */
export const filledIn = (form) =>
  Object.fromEntries(
    [...form.elements].flatMap((field) => {
      if (!(field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement)) return [];
      if (field.value === '') return [];
      return [[field.name, field.inputMode === 'numeric' ? Number(field.value) : field.value]];
    }),
  );
