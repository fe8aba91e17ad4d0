/** The user of this process; 0 where the system has no users. */
export const userId = (): number => process.geteuid?.() ?? 0;
