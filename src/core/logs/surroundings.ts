/** Who is signed in: Google's libraries and tools, and others' in the same place. */
const SIGN_IN = [
  'Reauthentication (?:is needed|is required|failed)',
  'Could not automatically determine credentials',
  'Your default credentials were not found',
  'do not currently have an active account selected',
  'Request had invalid authentication credentials',
  String.raw`\binvalid_(?:grant|rapt)\b`,
  String.raw`\bRefreshError\b`,
  'security token included in the request is expired',
];

/** What is used up for a while. A message or a query that is too large is no such thing. */
const QUOTA = [
  String.raw`\b(?:quota|rateLimit)Exceeded\b`,
  String.raw`\bQuota exceeded:`,
  String.raw`\bexceeded (?:rate limits|quota for)\b`,
  String.raw`\bRESOURCE_EXHAUSTED\b(?!.*larger than)`,
  String.raw`\b429\b.*Too Many Requests`,
];

const NETWORK = [
  String.raw`\b(?:ECONNRESET|ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ENETUNREACH|EHOSTUNREACH)\b`,
  'Connection reset by peer|Connection refused|Remote end closed connection|RemoteDisconnected',
  'Network is unreachable|No route to host|Failed to establish a new connection',
  'Temporary failure in name resolution|Name or service not known|nodename nor servname provided|getaddrinfo failed',
  'Could not resolve host|Unable to find the server at',
  String.raw`\b503\b.*Service Unavailable|\bServiceUnavailable\b`,
];

const MACHINE = ['No space left on device|Disk quota exceeded', 'Conflicting lock is held in'];

/** What jobs of any kind say where their surroundings fail, and not what they were to do: patterns over `category: cause`. */
const WELL_KNOWN = [...SIGN_IN, ...QUOTA, ...NETWORK, ...MACHINE].map((pattern) => new RegExp(pattern, 'i'));

/** Whether a cause is the surroundings' whatever the job: a sign-in, a quota, the network, the disk. */
export function isWellKnownTrouble(text: string): boolean {
  return WELL_KNOWN.some((pattern) => pattern.test(text));
}
