// Reads a calendar file from stdin as Thunderbird does and prints what it understood.
import { readFileSync } from "node:fs";
import ICAL from "ical.js";

const calendar = new ICAL.Component(ICAL.parse(readFileSync(0, "utf8")));
for (const zone of calendar.getAllSubcomponents("vtimezone")) {
  ICAL.TimezoneService.register(new ICAL.Timezone(zone));
}
const events = calendar.getAllSubcomponents("vevent").map((component) => {
  const event = new ICAL.Event(component, { strictExceptions: true });
  const at = (time) => time.convertToZone(ICAL.Timezone.utcTimezone).toString();
  return {
    uid: event.uid,
    sequence: event.sequence,
    status: component.getFirstPropertyValue("status"),
    starts_at: at(event.startDate),
    ends_at: at(event.endDate),
    zone: event.startDate.zone.tzid,
    summary: event.summary,
    description: event.description,
  };
});
console.log(JSON.stringify({ method: calendar.getFirstPropertyValue("method"), events }));
