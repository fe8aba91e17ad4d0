/**
 * @typedef {import('./view.js').View} View
 */

/** How long a move takes, ms. */
const lasting = 140;

/**
 * Moves the view, at once or animated. Each move ends the one before.
 *
 * @param {() => View} view
 * @param {(view: View) => void} set
 */
export const motionOf = (view, set) => {
  let moves = 0;
  const setView = (/** @type {View} */ next) => {
    moves += 1;
    set(next);
  };
  /** @param {View} next */
  const glide = (next) => {
    setView(view());
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) {
      setView(next);
      return;
    }
    const mine = moves;
    const start = view();
    const began = performance.now();
    const move = (/** @type {number} */ now) => {
      if (moves !== mine) return;
      const part = Math.min(1, Math.max(0, (now - began) / lasting));
      const eased = 1 - (1 - part) ** 3;
      set({
        from: start.from + (next.from - start.from) * eased,
        to: start.to + (next.to - start.to) * eased,
      });
      if (part < 1) requestAnimationFrame(move);
    };
    requestAnimationFrame(move);
  };
  return { setView, glide };
};
