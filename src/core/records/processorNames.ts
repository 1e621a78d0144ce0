import type { Pipeline, Processor } from '../pipeline';

/**
 * Finds a processor by what jobs and tables call it: its id, its name or one of its aliases, in upper or lower case. An id comes before
 * a name, a name before an alias, and what is still ambiguous is the first in the file.
 */
export function processorNames({ processors }: Pick<Pipeline, 'processors'>): (name: string) => Processor | undefined {
  const byName = new Map<string, Processor>();
  const note = (name: string, processor: Processor): void => {
    const key = name.toLowerCase();
    if (!byName.has(key)) byName.set(key, processor);
  };
  for (const processor of processors) note(processor.id, processor);
  for (const processor of processors) note(processor.name, processor);
  for (const processor of processors) for (const alias of processor.aliases) note(alias, processor);
  return (name) => byName.get(name.trim().toLowerCase());
}
