/**
 * Lays the page out for paper, in light colours, while it is printed: the canvas is a picture, which has to be painted
 * again in that size.
 *
 * @param {() => void} repaint at once
 */
export const printNicely = (repaint) => {
  const root = document.documentElement;
  /** @type {string | undefined} */
  let theme;
  addEventListener('beforeprint', () => {
    theme = root.dataset['theme'];
    root.dataset['theme'] = 'light';
    root.classList.add('printing');
    repaint();
  });
  addEventListener('afterprint', () => {
    if (theme === undefined) delete root.dataset['theme'];
    else root.dataset['theme'] = theme;
    root.classList.remove('printing');
    repaint();
  });
};
