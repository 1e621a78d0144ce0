interface Disposable {
  dispose(): unknown;
}

/** Owns what has to be disposed with it, in reverse order; what is added after the end is disposed at once. */
export class Disposables implements Disposable {
  readonly #owned: Disposable[] = [];
  #ended = false;

  add<T extends Disposable>(owned: T): T {
    if (this.#ended) owned.dispose();
    else this.#owned.push(owned);
    return owned;
  }

  dispose(): void {
    this.#ended = true;
    for (const owned of this.#owned.splice(0).reverse()) owned.dispose();
  }
}
