/** Set by VS Code for its own processes or by the product for its own: a job must not see them. */
const OURS = /^(ELECTRON_RUN_AS_NODE|VSCODE_.*|BACKFILL_.*)$/i;

/** The environment for a job: this process's own without our variables, and then what the manifest adds. */
export function cleanEnvironment(own: NodeJS.ProcessEnv, added: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const kept = Object.entries(own).filter(([name]) => !OURS.test(name));
  return { ...Object.fromEntries(kept), ...added };
}
