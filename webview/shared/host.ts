/** The extension's side of a webview: what it may be sent, and state that survives a reload. */
export interface Host<From, To, State> {
  post(message: From): void;
  listen(listener: (message: To) => void): () => void;
  readonly savedState: State | undefined;
  save(state: State): void;
}

/** May be called once a page: VS Code hands its API out only once. */
export function connectHost<From, To, State>(): Host<From, To, State> {
  const api = acquireVsCodeApi<State>();
  return {
    post: (message) => api.postMessage(message),
    listen: (listener) => {
      const handler = (event: MessageEvent<To>): void => listener(event.data);
      window.addEventListener('message', handler);
      return () => window.removeEventListener('message', handler);
    },
    savedState: api.getState(),
    save: (state) => {
      api.setState(state);
    },
  };
}
