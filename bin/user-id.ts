/** The user of this process; 0 if the system has no users. */
export const userId = (): number => process.geteuid?.() ?? 0;
