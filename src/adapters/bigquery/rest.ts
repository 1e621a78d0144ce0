import type bigquery from '@google-cloud/bigquery/build/src/types';

/** The shapes of BigQuery's REST API, as the client library describes them. */
export type { bigquery };
