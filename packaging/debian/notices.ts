/**
 * The notices of what is bundled, for a Debian copyright file: the terms of the Apache License are on each Debian system,
 * and its policy (12.5) wants a reference to them. Copyright lines stay.
 */
export const debianNotices = (notices: string): string =>
  notices.replace(
    /^[ \t]*Apache License\s+Version 2\.0, January 2004\s.*?END OF TERMS AND CONDITIONS$/gms,
    'Apache License, version 2.0: see /usr/share/common-licenses/Apache-2.0',
  );
