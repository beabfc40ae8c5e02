// Where this device's identity is kept: one record in IndexedDB, which can hold keys that no program can read.

const DATABASE = "skypod-identity";
const STORE = "identity";
const KEY = "self";

/** What is stored, if anything is. */
export function read<Kept>(): Promise<Kept | undefined> {
  return withStore("readonly", (store) => store.get(KEY));
}

/** Stores it in the place of what was there. It is durable when this resolves. */
export async function write(kept: object): Promise<void> {
  await withStore("readwrite", (store) => store.put(kept, KEY));
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
