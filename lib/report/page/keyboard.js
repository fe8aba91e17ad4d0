/**
 * What the keys do.
 *
 * @typedef {object} KeyActions
 * @property {(key: string) => void} step to the next marble or lane
 * @property {(part: number) => void} pan by a part of what is shown
 * @property {() => void} enter
 * @property {Readonly<Record<string, () => void>>} anywhere by key, wherever the focus is
 */

/**
 * Keys on the diagram and on the page. What is typed into the search is text, but for Escape; a dialog has its own keys.
 *
 * @param {HTMLElement} stage
 * @param {HTMLDialogElement} dialog
 * @param {KeyActions} actions
 */
export const listenToKeys = (stage, dialog, { step, pan, enter, anywhere }) => {
  const hasModifier = (/** @type {KeyboardEvent} */ event) => event.ctrlKey || event.metaKey || event.altKey;
  const onDiagram = (/** @type {KeyboardEvent} */ event) => {
    if (hasModifier(event)) return;
    const { key, shiftKey } = event;
    if (shiftKey && (key === 'ArrowLeft' || key === 'ArrowRight')) pan(key === 'ArrowLeft' ? -0.2 : 0.2);
    else if (key.startsWith('Arrow') || key === 'Home' || key === 'End') step(key);
    else if (key === 'Enter' || key === ' ') enter();
    else return;
    event.preventDefault();
  };
  stage.addEventListener('keydown', onDiagram);
  document.addEventListener('keydown', (event) => {
    // Before anything has the focus, the arrows already move.
    if (event.target === document.body && event.key.startsWith('Arrow') && !dialog.open) onDiagram(event);
    const action = anywhere[event.key];
    const isTyping = event.target instanceof HTMLInputElement && event.key !== 'Escape';
    if (action === undefined || hasModifier(event) || dialog.open || isTyping) return;
    event.preventDefault();
    action();
  });
};
