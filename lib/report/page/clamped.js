import { element } from './dom.js';

/** The longest text that is always shown whole, characters. */
const short = 160;

/** A text; of a long one the beginning, and a switch for the rest. @param {string} text @returns {(Node | string)[]} */
export const clamped = (text) => {
  if (text.length <= short) return [text];
  const shown = element('span', { className: 'clamped' }, [text]);
  const onclick = () => {
    const isWhole = !shown.classList.toggle('clamped');
    button.textContent = isWhole ? 'less' : 'more';
    button.setAttribute('aria-expanded', `${isWhole}`);
  };
  const button = element('button', { type: 'button', className: 'more', 'aria-expanded': false, onclick }, [
    'more',
  ]);
  return [shown, button];
};
