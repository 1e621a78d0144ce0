import assert from 'node:assert/strict';
import { BigqueryFailure, bigqueryError, type ErrorContext } from '../../../../src/adapters/bigquery/bigqueryErrors';
import { WarehouseError, type WarehouseErrorKind } from '../../../../src/app/ports';

const CONTEXT: ErrorContext = { project: 'my-project', maxBytesBilled: 1e6 };

/** As BigQuery, Google's sign-in and the network say it: message, reason, HTTP status. Then what a person gets to read. */
const TABLE: readonly (readonly [string, string, number, WarehouseErrorKind, string])[] = [
  [
    'Could not load the default credentials. Browse to https://cloud.google.com/docs/authentication/getting-started for more information.',
    'signIn',
    0,
    'signIn',
    'Nobody is signed in to Google Cloud on this machine: run `gcloud auth application-default login` and refresh.',
  ],
  [
    'No sign-in was found',
    'signIn',
    0,
    'signIn',
    'Nobody is signed in to Google Cloud on this machine: run `gcloud auth application-default login` and refresh.',
  ],
  [
    'The file at /home/ada/key.json does not exist, or it is not a file. ENOENT: no such file or directory',
    'signIn',
    0,
    'signIn',
    'The credentials that GOOGLE_APPLICATION_CREDENTIALS names cannot be used (The file at /home/ada/key.json does not exist, or it is not a file. ENOENT: no such file or directory): correct or unset it, or run `gcloud auth application-default login`.',
  ],
  [
    'invalid_grant',
    '400',
    400,
    'signIn',
    'The sign-in to Google Cloud has expired or was revoked: run `gcloud auth application-default login` again and refresh.',
  ],
  [
    'reauth related error (invalid_rapt)',
    'invalid_grant',
    400,
    'signIn',
    'The sign-in to Google Cloud has expired or was revoked: run `gcloud auth application-default login` again and refresh.',
  ],
  [
    'Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential.',
    'authError',
    401,
    'signIn',
    'The sign-in to Google Cloud has expired or was revoked: run `gcloud auth application-default login` again and refresh.',
  ],
  [
    'Login Required.',
    'required',
    401,
    'signIn',
    'Google Cloud does not accept the sign-in of this machine: run `gcloud auth application-default login` again and refresh.',
  ],
  [
    'Your application is authenticating by using local Application Default Credentials. The bigquery.googleapis.com API requires a quota project, which is not set by default.',
    'SERVICE_DISABLED',
    403,
    'signIn',
    'The sign-in to Google Cloud has no project for its requests that it may use: run `gcloud auth application-default set-quota-project my-project`.',
  ],
  [
    'Access Denied: Table my-project:nba.pdc: User does not have permission to query table my-project:nba.pdc, or perhaps it does not exist.',
    'accessDenied',
    403,
    'permission',
    'You may not read table my-project.nba.pdc, or it does not exist: ask for the role BigQuery Data Viewer on its dataset, or correct `table` in the manifest.',
  ],
  [
    'Access Denied: Table my-project:nba.pdc: Permission bigquery.tables.get denied on table my-project:nba.pdc (or it may not exist).',
    'accessDenied',
    403,
    'permission',
    'You may not read table my-project.nba.pdc (bigquery.tables.get), or it does not exist: ask for the role BigQuery Data Viewer on its dataset, or correct `table` in the manifest.',
  ],
  [
    'Access Denied: Dataset my-project:nba: Permission bigquery.datasets.get denied on dataset my-project:nba (or it may not exist).',
    'accessDenied',
    403,
    'permission',
    'You may not read dataset my-project.nba (bigquery.datasets.get), or it does not exist: ask for the role BigQuery Data Viewer on its dataset, or correct `table` in the manifest.',
  ],
  [
    'Access Denied: Table my-project:nba.pdc: Permission bigquery.tables.updateData denied on table my-project:nba.pdc (or it may not exist).',
    'accessDenied',
    403,
    'permission',
    'You may not write table my-project.nba.pdc (bigquery.tables.updateData), or it does not exist: ask for the role BigQuery Data Editor on its dataset, or correct `table` in the manifest.',
  ],
  [
    'Access Denied: Project my-project: User does not have bigquery.jobs.create permission in project my-project.',
    'accessDenied',
    403,
    'project',
    'You may not run queries in project my-project (bigquery.jobs.create): ask for the role BigQuery Job User there, or correct `warehouse.project` in the manifest.',
  ],
  [
    'Access Denied: BigQuery BigQuery: Permission denied while getting Drive credentials.',
    'accessDenied',
    403,
    'permission',
    'BigQuery denies access: BigQuery BigQuery: Permission denied while getting Drive credentials.',
  ],
  [
    'Not found: Project my-projekt',
    'notFound',
    404,
    'project',
    "There is no project my-projekt: correct `warehouse.project`, or the project in the table's name, in the manifest.",
  ],
  [
    'BigQuery API has not been used in project 1234567 before or it is disabled. Enable it by visiting https://console.developers.google.com/…',
    'accessNotConfigured',
    403,
    'project',
    'BigQuery is not enabled in project 1234567: run `gcloud services enable bigquery.googleapis.com --project my-project`, or correct `warehouse.project` in the manifest.',
  ],
  [
    'Billing has not been enabled for this project. DML queries are not allowed in the free tier.',
    'billingNotEnabled',
    403,
    'project',
    'Billing does not allow this in project my-project: enable it there. (Billing has not been enabled for this project. DML queries are not allowed in the free tier.)',
  ],
  [
    'Not found: Dataset my-project:nbaa',
    'notFound',
    404,
    'missingTable',
    'There is no dataset my-project.nbaa: create it, or correct `table` in the manifest.',
  ],
  [
    'Not found: Dataset my-project:nba was not found in location US',
    'notFound',
    404,
    'missingTable',
    'There is no dataset my-project.nba in location US: create it, or correct `table` in the manifest.',
  ],
  [
    'Not found: Table my-project:nba.pdcc was not found in location us-west2',
    'notFound',
    404,
    'missingTable',
    'There is no table my-project.nba.pdcc in location us-west2: run the job that creates it, or correct `table` in the manifest.',
  ],
  [
    'Cannot read and write in different locations: source: US, destination: us-west2',
    'invalid',
    400,
    'location',
    'Tables of one query must be in one location, and these are not: copy one beside the other. (Cannot read and write in different locations: source: US, destination: us-west2)',
  ],
  [
    'Unrecognized name: game_dat; Did you mean game_date? at [1:8]',
    'invalidQuery',
    400,
    'missingColumn',
    'There is no column game_dat: correct it in the manifest or in the SQL. Did you mean game_date?',
  ],
  [
    'Name game_dat not found inside t at [1:10]',
    'invalidQuery',
    400,
    'missingColumn',
    'There is no column game_dat: correct it in the manifest or in the SQL.',
  ],
  [
    'Syntax error: Unexpected identifier "SELEC" at [1:1]',
    'invalidQuery',
    400,
    'invalidSql',
    'BigQuery does not accept this SQL: Syntax error: Unexpected identifier "SELEC" at [1:1]',
  ],
  [
    "Cannot query over table 'my-project.nba.pdc' without a filter over column(s) 'game_date' that can be used for partition elimination",
    'invalidQuery',
    400,
    'partitionFilter',
    'Table my-project.nba.pdc refuses queries without a filter on game_date (require_partition_filter): make that column its `date_column`, or add a filter on it to `where`.',
  ],
  [
    "Cannot query over table 'my-project.nba.pdc' without a filter over column(s) '_PARTITION_LOAD_TIME', '_PARTITIONDATE', '_PARTITIONTIME' that can be used for partition elimination",
    'invalidQuery',
    400,
    'partitionFilter',
    'Table my-project.nba.pdc refuses queries without a filter on _PARTITION_LOAD_TIME, _PARTITIONDATE, _PARTITIONTIME (require_partition_filter): make that column its `date_column`, or add a filter on it to `where`.',
  ],
  [
    'Query exceeded limit for bytes billed: 1000000. 20971520 or higher required.',
    'bytesBilledLimitExceeded',
    400,
    'bytesCap',
    'This query would be billed 20.98 MB, and `warehouse.max_bytes_billed` allows 1 MB: raise it, or read fewer dates. Nothing was billed.',
  ],
  [
    'Quota exceeded: Your project exceeded quota for free query bytes scanned.',
    'quotaExceeded',
    403,
    'quota',
    'A quota or rate limit of BigQuery is used up: wait and refresh, or have it raised. (Quota exceeded: Your project exceeded quota for free query bytes scanned.)',
  ],
  [
    'Exceeded rate limits: too many concurrent queries for this project_and_region',
    'rateLimitExceeded',
    403,
    'quota',
    'A quota or rate limit of BigQuery is used up: wait and refresh, or have it raised. (Exceeded rate limits: too many concurrent queries for this project_and_region)',
  ],
  ['Too Many Requests', '', 429, 'quota', 'BigQuery gets too many requests from here: wait a minute and refresh.'],
  [
    'Could not serialize access to table my-project:nba.pdc due to concurrent update',
    'invalidQuery',
    400,
    'busy',
    'Another job is changing the same table: this is tried again once it is done.',
  ],
  [
    'Transaction is aborted due to concurrent update against table my-project:nba.pdc. Transaction ID: 6ea…',
    'invalidQuery',
    400,
    'busy',
    'Another job is changing the same table: this is tried again once it is done.',
  ],
  [
    'UPDATE or DELETE statement over table my-project.nba.pdc would affect rows in the streaming buffer, which is not supported',
    'invalidQuery',
    400,
    'busy',
    'Rows that were streamed into this table are still in its streaming buffer, where BigQuery changes nothing: it is tried again once they have settled (up to 90 minutes).',
  ],
  [
    'Job execution was cancelled: User requested cancellation',
    'stopped',
    0,
    'refused',
    'The query was cancelled in BigQuery by somebody: run it again.',
  ],
  [
    'Resources exceeded during query execution: The query could not be executed in the allotted memory.',
    'resourcesExceeded',
    400,
    'refused',
    'This is more than BigQuery does in one query: read fewer dates. (Resources exceeded during query execution: The query could not be executed in the allotted memory.)',
  ],
  [
    'request to https://bigquery.googleapis.com/ failed, reason: getaddrinfo ENOTFOUND bigquery.googleapis.com',
    'ENOTFOUND',
    0,
    'unreachable',
    'BigQuery cannot be reached (ENOTFOUND): check the network, VPN or proxy, and refresh.',
  ],
  [
    'request to https://bigquery.googleapis.com/ failed, reason: self-signed certificate in certificate chain',
    'SELF_SIGNED_CERT_IN_CHAIN',
    0,
    'unreachable',
    'BigQuery cannot be reached (SELF_SIGNED_CERT_IN_CHAIN): check the network, VPN or proxy, and refresh.',
  ],
  [
    'Backend\n  Error',
    'backendError',
    503,
    'unreachable',
    'BigQuery is out of order at the moment (503 Backend Error): refresh later.',
  ],
  ['Bad Gateway', '', 502, 'unreachable', 'BigQuery is out of order at the moment (502 Bad Gateway): refresh later.'],
  ['Precondition Failed', 'conditionNotMet', 412, 'refused', 'BigQuery refuses this (conditionNotMet): Precondition Failed'],
  [
    '<html>Not here</html>',
    '',
    404,
    'unreachable',
    'BigQuery answered with an error 404 that is not known here: <html>Not here</html>',
  ],
];

describe('Errors of BigQuery', () => {
  for (const [message, reason, status, kind, sentence] of TABLE) {
    it(`${reason || status}: ${message.slice(0, 60)}`, () => {
      const { kind: found, message: said } = bigqueryError(new BigqueryFailure(message, reason, status), CONTEXT);
      assert.deepEqual([found, said], [kind, sentence]);
    });
  }

  it('names the emulator that does not answer', () => {
    const refused = bigqueryError(new BigqueryFailure('connect ECONNREFUSED 127.0.0.1:9050', 'ECONNREFUSED'), {
      project: 'p',
      endpoint: 'http://127.0.0.1:9050',
    });
    assert.equal(refused.kind, 'unreachable');
    assert.match(refused.message, /^Nothing answers at http:\/\/127\.0\.0\.1:9050 \(ECONNREFUSED\): start the emulator/);
  });

  it('asks nobody to sign in who speaks to an emulator', () => {
    const refused = bigqueryError(new BigqueryFailure('No', 'authError', 401), { project: 'p', endpoint: 'https://emulator' });
    assert.match(refused.message, /^https:\/\/emulator asks for a sign-in, and an emulator gets none: remove/);
  });

  it('takes a job that failed by what is unknown here for its own fault', () => {
    const refused = bigqueryError(BigqueryFailure.ofJob({ reason: 'notImplemented', message: 'Not yet.' }), CONTEXT);
    assert.deepEqual([refused.isOfOneNode, refused.message], [true, 'BigQuery refuses this (notImplemented): Not yet.']);
  });

  it('leaves a sentence that is one already', () => {
    const sentence = new WarehouseError('guard', 'The partition was left as it was.');
    assert.equal(bigqueryError(sentence, CONTEXT), sentence);
  });

  it('tells what is wrong with one node from what is wrong with the warehouse', () => {
    const ofOneNode = TABLE.filter(
      ([message, reason, status]) => bigqueryError(new BigqueryFailure(message, reason, status), CONTEXT).isOfOneNode,
    ).map(([, , , kind]) => kind);
    assert.deepEqual([...new Set(ofOneNode)].sort(), [
      'bytesCap',
      'invalidSql',
      'location',
      'missingColumn',
      'missingTable',
      'partitionFilter',
      'permission',
      'refused',
    ]);
  });
});
