/** Google's client library: a bundle of its own, for whoever reads DuckDB never loads it. Only to be imported by `import()`. */
export { BigQuery } from '@google-cloud/bigquery';
