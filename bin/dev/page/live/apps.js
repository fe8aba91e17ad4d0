import { element } from '../../../../lib/report/page/dom.js';

/** @typedef {import('./store.js').App} App */

/** Most apps in the list. */
const mostApps = 100;

/** @param {App} app @param {(name: string) => void} unregister */
const itemOf = ({ name, address, warning, isUnheard }, unregister) => {
  const button = element('button', {
    type: 'button',
    textContent: 'Unregister',
    'aria-label': `Unregister ${name}`,
  });
  button.addEventListener('click', () => unregister(name));
  const problems = [
    ...(warning === undefined ? [] : [warning]),
    ...(isUnheard ? ['nothing listens there: start the app, or register its port'] : []),
  ];
  return element('li', {}, [
    element('div', {}, [
      element('b', { className: 'name', textContent: name }),
      element('span', { className: 'address', textContent: address ?? 'by the notifier' }),
      ...problems.map((textContent) => element('p', { className: 'problem', textContent })),
    ]),
    button,
  ]);
};

/**
 * Shows the registered apps. The keyboard's focus stays in the list when it changes.
 *
 * @param {HTMLElement} list
 * @param {readonly App[]} apps
 * @param {(name: string) => void} unregister
 */
export const showApps = (list, apps, unregister) => {
  const label = document.activeElement?.getAttribute('aria-label');
  const hadFocus = list.contains(document.activeElement);
  const registered = apps.filter(({ isRegistered }) => isRegistered);
  const more = registered.length - mostApps;
  list.replaceChildren(
    ...registered.slice(0, mostApps).map((app) => itemOf(app, unregister)),
    ...(registered.length === 0
      ? [element('li', { className: 'none', textContent: 'No app is registered.' })]
      : []),
    ...(more > 0 ? [element('li', { className: 'none', textContent: `and ${more} more` })] : []),
  );
  if (!hadFocus) return;
  const again = [...list.querySelectorAll('button')].find(
    (each) => each.getAttribute('aria-label') === label,
  );
  (again ?? list).focus();
};
