/** What a command line runs, as far as its words tell. */
export interface Script {
  /** The path of a file, the name of a module, or of a program that the PATH finds. */
  readonly name: string;
  readonly kind: 'file' | 'module' | 'program';
  /** The words after it. */
  readonly args: readonly string[];
  /** Another program runs it, such as `timeout`: the job itself is that one's child. */
  readonly wrapped: boolean;
}

const INTERPRETER =
  /^(?:python|pypy|node|deno|bun|ruby|perl|php|java|julia|rscript|tsx|ts-node|bash|sh|dash|zsh|ksh|fish|pwsh|powershell)[\d.]*w?(?:\.exe)?$/i;
const WRAPPER =
  /^(?:env|timeout|gtimeout|nohup|nice|ionice|stdbuf|setsid|sudo|doas|time|caffeinate|systemd-run|uv|uvx|poetry|pipenv|conda|rye|pdm|hatch|npx|xargs|watch|script)$/;
/** Options that take the next word with them. */
const TAKES_NEXT = {
  interpreter: /^(?:-[XWr]|--require|--import|--loader|--env-file)$/,
  wrapper: /^(?:-[unks]|--signal|--kill-after)$/,
};
/** What they run is text, not a file. */
const INLINE = /^(?:-c|-e|--eval|-p|--print)$/;

/** Finds what a command line runs: after its interpreter, the interpreter's options, and programs that only run another. */
export function scriptOf(argv: readonly string[]): Script | undefined {
  let wrapped = false;
  let interpreted = false;
  for (let index = 0; index < argv.length; index++) {
    const word = argv[index] ?? '';
    const found = (name: string, kind: Script['kind'], at: number): Script => ({ name, kind, args: argv.slice(at + 1), wrapped });
    if (word.startsWith('-') && (interpreted || wrapped)) {
      if (interpreted && word === '-m')
        return argv[index + 1] === undefined ? undefined : found(argv[index + 1] ?? '', 'module', index + 1);
      if (interpreted && INLINE.test(word)) return undefined;
      if (TAKES_NEXT[interpreted ? 'interpreter' : 'wrapper'].test(word)) index++;
      continue;
    }
    const program = baseName(word);
    if (!interpreted && INTERPRETER.test(program)) {
      interpreted = true;
      continue;
    }
    if (!interpreted && WRAPPER.test(program)) {
      wrapped = true;
      continue;
    }
    // What wrappers get before the command: settings, durations, and verbs such as those of `uv run`.
    if (!interpreted && wrapped && /^(?:\w+=.*|\d+(?:\.\d+)?[smhd]?|run|exec|python)$/.test(word)) continue;
    if (word === '') return undefined;
    return found(word, interpreted || /[\\/]|\.\w+$/.test(word) ? 'file' : 'program', index);
  }
  return undefined;
}

/** The last name of a path, whichever slashes it has. */
export function baseName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
}
