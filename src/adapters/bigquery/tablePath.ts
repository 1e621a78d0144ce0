/** The parts of `dataset.table` or `project.dataset.table`. */
export interface TablePath {
  readonly project: string;
  readonly dataset: string;
  /** May carry a partition: `table$20211101`. */
  readonly table: string;
}

/**
 * Takes a path of the manifest apart. Project ids may hold dashes and, where they belong to a domain, a colon and dots.
 * @param project of a path that names none.
 */
export function parseTablePath(path: string, project: string): TablePath {
  const parts = path.split('.');
  const table = parts.pop() ?? '';
  const dataset = parts.pop() ?? '';
  return { project: parts.length > 0 ? parts.join('.') : project, dataset, table };
}

/** `project.dataset`: what has one location. */
export function datasetOf({ project, dataset }: Pick<TablePath, 'project' | 'dataset'>): string {
  return `${project}.${dataset}`;
}
