// What codes of errors and notices mean, in German.

import type { About } from "../../protocol";
import type { Codes, News } from "./codes_en";

const misunderstood =
  "Dieses skypod und der Server verstehen einander nicht. Lade die Seite neu; hilft das nicht, bitte den, der den " +
  "Server betreibt, ihn zu erneuern.";
const stopped = "skypod arbeitet auf dieser Seite nicht mehr. Lade sie neu; was gespeichert war, geht nicht verloren.";
const tooLong = "Bitte den Herausgeber um einen kürzeren, etwa einen Feed der neuesten Einträge.";

export const codes: Codes = {
  bad_frame: misunderstood,
  bad_message: misunderstood,
  unknown_message: misunderstood,
  frame_too_large: "Das ist dem Server auf einmal zu viel. Kürze es, dann noch einmal.",
  rate_limited: "Zu viel in kurzer Zeit. Warte ein paar Sekunden, dann noch einmal.",
  not_authenticated: misunderstood,
  authentication_timeout: "Die Anmeldung beim Server hat zu lange gedauert. skypod versucht es von selbst noch einmal.",
  bad_token: misunderstood,
  token_missing: misunderstood,
  token_expired: "Die Uhren dieses Geräts und des Servers gehen zu verschieden. Stelle die falsche, dann noch einmal.",
  stale_nonce: misunderstood,
  wrong_realm: misunderstood,
  unknown_realm: "Der Server kennt deine Geräte nicht. Prüfe seine Adresse, oder verbinde zuerst ein anderes Gerät.",
  realm_exists: "Der Server kennt diese Geräte schon. Beginne neu, oder tritt ihnen mit einer Einladung bei.",
  realm_full: "Mehr Geräte erlaubt der Server nicht. Entferne zuerst eines.",
  not_a_member: "Der Server zählt dieses Gerät nicht zu deinen. Lass es von einem deiner Geräte hinzufügen.",
  removed: "Dieses Gerät wurde entfernt. Um zurückzukommen, braucht es eine neue Einladung.",
  invitation_invalid: "Die Einladung ist nicht für dieses Gerät. Zeige noch einmal seinen Code, und hole eine neue.",
  invitation_expired: "Die Einladung ist abgelaufen. Bitte um eine neue; sie gilt ein paar Minuten.",
  invitation_used: "Die Einladung wurde schon benutzt oder zurückgezogen. Bitte um eine neue.",
  code_damaged: "Ein Teil des Codes fehlt, oder er wurde verändert. Kopiere den ganzen Link, oder scanne noch einmal.",
  recovery_invalid: "Datei und Code gehören nicht zusammen. Prüfe den Code Zeichen für Zeichen.",
  no_realm_key: "Diesem Gerät fehlt noch der gemeinsame Schlüssel. Er kommt, sobald ein anderes Gerät online ist.",
  peer_offline: "Das andere Gerät ist nicht verbunden. Versuche es, wenn es online ist.",
  superseded: "Dieses Gerät hat sich noch einmal verbunden, und die neuere Verbindung gilt.",
  slow_consumer: "Die Verbindung war zu langsam und wurde getrennt. skypod verbindet sich von selbst noch einmal.",
  storage_failed: "Die Änderung konnte nicht gespeichert werden und gilt nicht. Schaffe Platz, dann noch einmal.",
  newer_library: "Diese Bibliothek stammt von einem neueren skypod. Lade die Seite neu, damit auch dieses neu ist.",
  offline: "Der Server ist nicht erreichbar: Prüfe die Verbindung. Was auf diesem Gerät ist, geht weiterhin.",
  bad_reply: "Die Antwort ist nicht zu verstehen. Lade die Seite neu, oder versuche es später.",
  feed_failed: "Der Feed konnte nicht geholt werden; was schon da war, bleibt. Versuche es später.",
  private_feed:
    "Dieser Feed ist privat: Nur deine eigenen Geräte rufen ihn ab, und der Server erfährt nichts von ihm. Lass " +
    "„skypod peer“ laufen, um ihm in einem Browser zu folgen, oder erlaube für diesen Feed den Server.",
  login_feed:
    "Dieser Feed verlangt Namen und Passwort, die nur deine eigenen Geräte kennen dürfen, und sein Anbieter nimmt " +
    "sie von keinem Browser an. Lass „skypod peer“ laufen, um ihm hier zu folgen.",
  login_refused:
    "Der Anbieter des Feeds verlangt Namen und Passwort, oder nimmt diese nicht an. Füge den Feed mit den richtigen " +
    "noch einmal hinzu.",
  file_failed: "Die Datei konnte nicht geholt werden. Versuche es später noch einmal.",
  file_closed:
    "Dieser Feed ist privat: Seine Dateien holen nur deine eigenen Geräte, und der Anbieter dieser Datei ist nicht " +
    "zu erreichen oder lässt keinen Browser an sie heran. Lass „skypod peer“ laufen; es holt sie für dieses Gerät.",
  queue_full: "Auf dieses Gerät wartet schon zu viel. Versuche es, wenn es wieder online war.",
  bad_input: "Das kann skypod so nicht annehmen, und geändert wurde nichts. Berichtige es, dann noch einmal.",
  in_realm: "Dieses Gerät hat schon eine Bibliothek mit anderen gemeinsam. Nimm es zuerst heraus, unter „Geräte“.",
  internal: "Etwas ist schiefgegangen, das nicht schiefgehen sollte. Lade die Seite neu, und melde es bitte.",
  no_storage:
    "skypod kann seine Bibliothek auf diesem Gerät nicht öffnen. Schließe andere Tabs mit skypod, und lade die Seite " +
    "neu.",
  stopped,
  interrupted:
    "Ein anderer Tab hat übernommen, bevor das bestätigt war. Sieh nach, ob es geschehen ist, und versuche es sonst " +
    "noch einmal.",
  helper_silent: "Dein Gerät, das Feeds abruft, antwortet nicht. Sieh nach, ob es läuft.",
  helper_busy: "Dein Gerät, das Feeds abruft, hat viel zu tun. Versuche es in einer Minute.",
  helper_gone: "Dein Gerät, das Feeds abruft, ist nicht mehr verbunden. Versuche es, wenn es wieder da ist.",
  helper_refuses: "Jenes Gerät ruft nichts für andere ab. Lass „skypod peer“ auf einem laufen.",
  feed_too_large: `Der Feed ist größer als die 12 MiB, die Geräte einander weitergeben. ${tooLong}`,
  no_ranges: "Der Anbieter gibt die Datei nur als Ganzes her. Öffne die Webseite des Beitrags, um sie zu laden.",
  bad_url: "Das ist keine Webadresse, oder sie ist zu lang. Prüfe sie, oder kopiere sie noch einmal.",
  scheme_refused: "Nur Adressen mit http oder https können geholt werden. Suche eine solche Adresse.",
  userinfo_refused:
    "Die Adresse enthält einen Benutzernamen oder ein Passwort, und das soll der Server nicht erfahren. Lass ein " +
    "eigenes Gerät („skypod peer“) sie abrufen.",
  port_refused: "Die Adresse nennt einen Port, der nicht zum Web gehört. Nimm 80, 443 oder einen über 1023.",
  address_refused:
    "Diese Adresse liegt nicht im öffentlichen Internet. Wer den Server betreibt, kann ihr Netz mit --allow-fetch " +
    "erlauben.",
  name_not_found: "Diese Adresse gibt es nicht. Prüfe, wie sie geschrieben ist.",
  connect_failed: "Die Gegenstelle nimmt keine Verbindung an oder bricht sie ab. Versuche es später.",
  tls_failed:
    "Die Gegenstelle konnte nicht beweisen, dass sie es selbst ist (TLS). Wer sie betreibt, muss ihr Zertifikat in " +
    "Ordnung bringen.",
  timed_out: "Die Gegenstelle hat nicht rechtzeitig geantwortet. Versuche es später.",
  body_too_large: "Das Dokument ist größer, als der Server annimmt. Bitte den Herausgeber um ein kürzeres.",
  headers_too_large: "Die Gegenstelle schickt zu viele Kopfzeilen. Wer sie betreibt, muss das beheben.",
  too_many_redirects: "Die Adresse leitet zu oft weiter. Suche ihre heutige Adresse.",
  bad_answer:
    "Die Gegenstelle antwortet nicht, wie ein Webserver es tut. Prüfe die Adresse, oder versuche es später.",
  upstream_not_found: "Die Gegenstelle hat kein solches Dokument (mehr). Suche seine heutige Adresse.",
  upstream_login:
    "Die Gegenstelle verlangt Namen und Passwort, oder nimmt diese nicht an. Setze die richtigen in die Adresse: " +
    "https://NAME:PASSWORT@example.org/feed.",
  upstream_status:
    "Die Gegenstelle hat statt des Dokuments einen Fehler geschickt. Versuche es später, oder prüfe die Adresse.",
  busy: "Der Server hat gerade zu viel zu tun. Versuche es in ein paar Sekunden.",
  too_many_fetches: "Für dieses Gerät wird gerade zu viel geholt. Halte etwas davon an, oder warte etwas.",
  not_a_feed: "Das ist kein Feed. Füge die Adresse eines Podcasts oder eines Blogs ein.",
  web_page: "Das ist die Adresse einer Webseite und nicht die eines Feeds. Suche auf der Seite nach ihrem Feed.",
  bad_json: "Das Dokument fängt an wie JSON, ist aber keines. Sag es dem Herausgeber.",
  too_deep: "Der Feed ist so verschachtelt, wie kein echter es ist. Sag dem Herausgeber, dass er kaputt ist.",
  too_many_items: `Der Feed hat mehr als 20.000 Einträge. ${tooLong}`,
  too_much_text: `Der Feed hat mehr als 32 MiB Text. ${tooLong}`,
  not_a_page: "Unter dieser Adresse ist keine Webseite. Öffne sie stattdessen im Web.",
  not_media: "Unter dieser Adresse ist weder Ton noch Bild. Öffne die Folge im Web.",
  not_audio: "In der Datei ist kein Ton, der sich lesen lässt. Öffne die Folge im Web, oder sag es dem Herausgeber.",
  audio_too_long: "Die Datei ist länger als 24 Stunden. Sie spielt ohne Analyse.",
  audio_refused: "Die Analyse dieser Datei hat zu viel gekostet oder ist abgebrochen. Sie spielt ohne Analyse.",
  disk_full: "Der Speicher des Servers ist voll. Wer ihn betreibt, muss Platz schaffen; die Folge spielt ohne ihn.",
  not_kept: "Der Server hat diesen Ton nicht mehr. Drücke noch einmal auf Abspielen, dann wird er neu geholt.",
};

const lies: Record<string, string> = {
  unproven_member:
    "Der Server hat ein Gerät genannt, das keines von deinen zugelassen hat. Es wurde nicht eingelassen.",
  swapped_key: "Der Server hat einem deiner Geräte einen falschen Schlüssel gegeben. Er wurde nicht benutzt.",
  foreign_statement:
    "Der Server hat Nachweise über Geräte weitergegeben, die keines von deinen unterschrieben hat. Sie gelten nicht.",
  forged_message:
    "Eine Nachricht zwischen deinen Geräten wurde auf dem Weg durch den Server verändert oder erfunden. Sie wurde " +
    "verworfen.",
  repeated_message:
    "Der Server hat eine alte Nachricht eines deiner Geräte noch einmal geschickt. Sie wurde verworfen.",
  withheld:
    "Der Server behält nicht, was deine Geräte ihm darüber sagen, wer dazugehört. Sie sagen es einander direkt.",
  false_removal:
    "Der Server behauptet, dieses Gerät sei entfernt worden, aber keines deiner Geräte hat das unterschrieben. Es " +
    "bleibt dabei.",
};

function removedDevice({ device = "", by = "" }: About): string {
  const whom = device === "" ? "Ein Wiederherstellungsschlüssel" : `„${device}“`;
  return by === "" ? `${whom} ist nicht mehr dabei.` : `${whom} wurde von „${by}“ entfernt.`;
}

export const news: News = {
  storage: () =>
    "Die Bibliothek auf diesem Gerät lässt sich nicht öffnen. Lade die Seite neu; hilft das nicht, schaffe Platz auf " +
    "dem Gerät.",
  not_stored: () =>
    "Was andere Geräte getan haben, lässt sich hier nicht speichern. Schaffe Platz auf diesem Gerät; dann kommt es " +
    "nach.",
  device_joined: ({ by }) => `„${by}“ hat ein Gerät hinzugefügt.`,
  device_removed: removedDevice,
  recovery_made: ({ by }) => `„${by}“ hat einen Wiederherstellungsschlüssel gemacht.`,
  removed: ({ by }) => `Dieses Gerät wurde von „${by}“ entfernt. Seine Bibliothek bleibt; Neues kommt nicht mehr an.`,
  unconfirmed: ({ device }) =>
    `„${device}“ hat die letzte Änderung an deinen Geräten noch nicht bestätigt. Bis dahin spricht es vielleicht ` +
    "noch mit einem, das entfernt wurde.",
  clock: ({ minutes, ahead }) =>
    `Die Uhr dieses Geräts geht ${minutes} Minuten ${ahead ? "vor" : "nach"}, verglichen mit der des Servers. Stelle ` +
    "die falsche: Bis dahin entgeht deinen anderen Geräten vielleicht, was du hier tust.",
  stopped: () => stopped,
  server_lies: ({ lie = "" }) =>
    (lies[lie] ?? "Der Server hat deine Geräte zu täuschen versucht.") +
    " Frage den, der ihn betreibt, oder nimm einen anderen.",
};

/** For the test: what a server can be caught at. */
export const knownLies = Object.keys(lies);
