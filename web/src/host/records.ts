// Small records that outlive every tab, in IndexedDB: this device's identity, whose keys no program can read, and where
// the library's files are.

const DATABASE = "skypod-identity";
const STORE = "identity";

export type Name = "self" | "library";

/** What is stored under that name, if anything is. */
export function read<Kept>(name: Name): Promise<Kept | undefined> {
  return withStore("readonly", (store) => store.get(name));
}

/** Stores it in the place of what was there. It is durable when this resolves. */
export async function write(name: Name, kept: object): Promise<void> {
  await withStore("readwrite", (store) => store.put(kept, name));
}

/** Stores what `change` makes of what is there, with nobody else between; null leaves it. Durable when it resolves. */
export async function update<Kept>(name: Name, change: (known: Kept | undefined) => Kept | null): Promise<void> {
  await withStore("readwrite", (store) => {
    const known = store.get(name);
    known.onsuccess = () => {
      const changed = change(known.result as Kept | undefined);
      if (changed !== null) store.put(changed, name);
    };
    return known;
  });
}

async function withStore<T>(mode: IDBTransactionMode, work: (store: IDBObjectStore) => IDBRequest): Promise<T> {
  const database = await openDatabase();
  try {
    const transaction = database.transaction(STORE, mode, { durability: "strict" });
    const request = work(transaction.objectStore(STORE));
    return await new Promise((resolve, reject) => {
      transaction.oncomplete = () => resolve(request.result as T);
      transaction.onabort = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}

function openDatabase(): Promise<IDBDatabase> {
  const request = indexedDB.open(DATABASE, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(STORE);
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
