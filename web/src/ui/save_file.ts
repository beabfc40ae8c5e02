// Hands people a file to keep.

const READ_MS = 60_000; // some browsers read a saved file a while after the click

/** Offers `content` for saving under `name`, in the browser's own way. */
export function saveFile(content: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  window.setTimeout(() => URL.revokeObjectURL(link.href), READ_MS);
}
