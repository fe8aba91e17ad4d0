/** Exit codes; 69, 75 and 78 are those of sysexits(3). */
export const exitCode = { good: 0, failed: 1, usage: 2, unavailable: 69, later: 75, config: 78 } as const;

export type ExitCode = (typeof exitCode)[keyof typeof exitCode];
