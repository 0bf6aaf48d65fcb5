/** Zones that Node takes by their name of today, but lists by a former one. */
const RENAMED = [
  "Africa/Asmara",
  "America/Argentina/Buenos_Aires",
  "America/Argentina/Catamarca",
  "America/Argentina/Cordoba",
  "America/Argentina/Jujuy",
  "America/Argentina/Mendoza",
  "America/Atikokan",
  "America/Indiana/Indianapolis",
  "America/Kentucky/Louisville",
  "America/Nuuk",
  "Asia/Ho_Chi_Minh",
  "Asia/Kathmandu",
  "Asia/Kolkata",
  "Asia/Yangon",
  "Atlantic/Faroe",
  "Europe/Kyiv",
  "Pacific/Chuuk",
  "Pacific/Kanton",
  "Pacific/Pohnpei",
];

/** All that IANA knows, as this Node does, by the names of today and by those that Node lists. */
export const TIME_ZONES: readonly string[] = [
  "UTC",
  ...[...new Set([...Intl.supportedValuesOf("timeZone"), ...RENAMED])].filter((zone) => zone !== "UTC").sort(),
];
