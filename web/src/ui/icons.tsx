// The few drawings of the app, all on a 24-unit grid, in the colour of the text around them and silent to screen
// readers.

const drawings = {
  library: "M4 5h16M4 10h16M4 15h9M4 20h9M17 14.5v6l4.5-3z",
  inbox: "M4 13l3-8h10l3 8v6H4zM4 13h5l1.5 2.5h3L15 13h5",
  queue: "M4 6h10M4 11h10M4 16h7M18 5v10M18 15.5a2.5 2.5 0 1 1-.01 0z",
  enqueue: "M4 6h12M4 11h12M4 16h7M17 14v6M14 17h6",
  queued: "M4 6h12M4 11h12M4 16h7M14 17.5l2 2 4-4.5",
  next: "M6 6l8 6-8 6zM18 6v12",
  search: "M10.5 4.5a6 6 0 1 0 .01 0zM15 15l5 5",
  settings: "M4 7h9M17 7h3M4 12h3M11 12h9M4 17h9M17 17h3M15 5v4M9 10v4M15 15v4",
  download: "M12 4v11M7.5 11l4.5 4.5 4.5-4.5M5 20h14",
  article: "M5 4h14v16H5zM8.5 8.5h7M8.5 12h7M8.5 15.5h4",
  out: "M9 5H5v14h14v-4M13 4h7v7M20 4l-9 9",
  undo: "M8 5L4 9l4 4M4 9h10a5.5 5.5 0 0 1 0 11h-4",
  up: "M6 14.5l6-6 6 6",
  down: "M6 9.5l6 6 6-6",
  keyboard: "M3 6h18v12H3zM6.5 10v.1M10 10v.1M14 10v.1M17.5 10v.1M8 14.5h8",
  devices: "M3 5h13v10H3zM1.5 19h11M16 10h5.5v10H16z",
  messages: "M4 5h16v11H10l-5 4v-4H4z",
  play: "M8 5.5v13l11-6.5z",
  pause: "M8 5.5v13M16 5.5v13",
  back: "M15 5l-7 7 7 7",
  add: "M12 5v14M5 12h14",
  close: "M6 6l12 12M18 6L6 18",
  check: "M5 12.5l4.5 4.5L19 7.5",
  alert: "M12 4l9 16H3zM12 10v4M12 17v.1",
  camera: "M4 8h4l1.5-2.5h5L16 8h4v11H4zM12 10a3.3 3.3 0 1 0 .01 0z",
  refresh: "M19 12a7 7 0 1 1-2.2-5.1M19 4v4h-4",
  direct: "M4 12h16M8 8l-4 4 4 4M16 8l4 4-4 4",
  waiting: "M12 7v5l3 2M12 3.5a8.5 8.5 0 1 0 .01 0z",
  server: "M4 5h16v6H4zM4 13h16v6H4zM8 8v.1M8 16v.1",
  off: "M6 6l12 12M12 3.5a8.5 8.5 0 1 0 .01 0z",
  self: "M12 4.5a3.5 3.5 0 1 0 .01 0zM5 20c.5-4 3-6 7-6s6.5 2 7 6",
  key: "M8 8.5a4 4 0 1 0 .01 0zM11 11l9-7M16.5 6.8l2.6 3.2",
  remove: "M4 7h16M9 7V4h6v3M6.5 7l1 13h9l1-13",
  fromDevice: "M7 3h10v18H7zM11 18h2",
};

export type IconName = keyof typeof drawings;

/** Silent, unless it stands for a word that is not beside it: then that is its `label`. */
export function Icon({ name, label }: { name: IconName; label?: string }) {
  const filled = name === "play";
  const spoken = label ? ({ role: "img", "aria-label": label } as const) : ({ "aria-hidden": "true" } as const);
  return (
    <svg class={filled ? "icon filled" : "icon"} viewBox="0 0 24 24" {...spoken}>
      <path d={drawings[name]} />
    </svg>
  );
}

export function Logo() {
  return <img class="logo" src="./icons/icon.svg" alt="" width="72" height="72" />;
}
