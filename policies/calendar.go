package policies

import (
	"slices"
	"time"
)

// Calendar is calendar.yaml: the office's zone, its hours and its holidays. All answers are in the office's zone, whatever the
// zone of the machine or of the moment asked about.
type Calendar struct {
	APIVersion string    `json:"apiVersion"`
	Kind       string    `json:"kind"`
	Zone       string    `json:"zone"` // IANA name, such as Asia/Jakarta
	Hours      []Hours   `json:"hours"`
	Holidays   []Holiday `json:"holidays,omitempty"`

	location *time.Location
	week     [7][]span // office hours by weekday, sorted
	holidays []int64   // day numbers, sorted, each once
}

// Hours gives the office hours ("07:30") of some weekdays (English, lower case).
type Hours struct {
	Days  []string `json:"days"`
	Start string   `json:"start"`
	End   string   `json:"end"`
}

// Holiday is a day (YYYY-MM-DD) without work.
type Holiday struct {
	Date string `json:"date"`
	Name string `json:"name"`
}

// span is a stretch of office hours, in minutes since midnight.
type span struct{ start, end int }

// Location returns the office's time zone (UTC for a calendar that was not loaded).
func (c *Calendar) Location() *time.Location {
	if c.location == nil {
		return time.UTC
	}
	return c.location
}

// WorkingDaysBetween counts the working days after a's day up to and including b's day; 0 when b is not on a later day. The
// cost does not grow with the distance.
func (c *Calendar) WorkingDaysBetween(a, b time.Time) int {
	from, to := c.day(a)+1, c.day(b)
	if to < from {
		return 0
	}
	weeks := (to - from + 1) / 7
	n := 0
	for _, hours := range c.week {
		if len(hours) > 0 {
			n += int(weeks)
		}
	}
	for day := from + weeks*7; day <= to; day++ {
		if len(c.week[weekday(day)]) > 0 {
			n++
		}
	}
	for _, h := range c.holidays {
		if from <= h && h <= to && len(c.week[weekday(h)]) > 0 {
			n--
		}
	}
	return n
}

// Due returns when a standard time that starts at that moment has run out. Minutes count within office hours only; days end
// at the close of the n-th working day after the day of the start. Without a standard, or without any working day, it is start.
func (c *Calendar) Due(start time.Time, s Standard) time.Time {
	if s == (Standard{}) || !slices.ContainsFunc(c.week[:], func(h []span) bool { return len(h) > 0 }) {
		return start
	}
	if s.Days > 0 {
		return c.dueDays(start, s.Days)
	}
	return c.dueMinutes(start, s.Minutes)
}

func (c *Calendar) dueDays(start time.Time, n int) time.Time {
	day := c.day(start)
	for n > 0 {
		if day++; c.works(day) {
			n--
		}
	}
	hours := c.week[weekday(day)]
	return c.at(day, hours[len(hours)-1].end)
}

func (c *Calendar) dueMinutes(start time.Time, minutes int) time.Time {
	left := time.Duration(minutes) * time.Minute
	for day := c.day(start); ; day++ {
		if !c.works(day) {
			continue
		}
		for _, h := range c.week[weekday(day)] {
			open, shut := c.at(day, h.start), c.at(day, h.end)
			if open.Before(start) {
				open = start
			}
			if have := shut.Sub(open); have >= left {
				return open.Add(left).In(c.Location())
			} else if have > 0 {
				left -= have
			}
		}
	}
}

func (c *Calendar) works(day int64) bool {
	_, holiday := slices.BinarySearch(c.holidays, day)
	return !holiday && len(c.week[weekday(day)]) > 0
}

// day numbers the office's calendar day of a moment, counted from 1970-01-01.
func (c *Calendar) day(t time.Time) int64 {
	y, m, d := t.In(c.Location()).Date()
	return dayNumber(time.Date(y, m, d, 0, 0, 0, 0, time.UTC))
}

// at is the moment of a day's minute on the office's clock.
func (c *Calendar) at(day int64, minute int) time.Time {
	return time.Date(1970, 1, 1+int(day), 0, minute, 0, 0, c.Location())
}

// dayNumber turns a midnight in UTC into days since 1970-01-01, also before it.
func dayNumber(midnight time.Time) int64 { return midnight.Unix() / 86400 }

// weekday of a day number; 1970-01-01 was a Thursday.
func weekday(day int64) int { return int(((day+int64(time.Thursday))%7 + 7) % 7) }
