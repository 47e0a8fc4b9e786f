package git

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

// mutation changes the bytes of a commit in one way.
type mutation struct {
	name string
	do   func(r *rand.Rand, raw string) string
}

func oneOf(r *rand.Rand, list ...string) string { return list[r.IntN(len(list))] }

// inHeader changes the lines above the first empty one.
func inHeader(raw string, change func(lines []string) []string) string {
	header, message, found := strings.Cut(raw, "\n\n")
	header = strings.Join(change(strings.Split(header, "\n")), "\n")
	if !found {
		return header
	}
	return header + "\n\n" + message
}

// inLine changes one line of the header at random, of those that begin with one of
// the words where there are any.
func inLine(r *rand.Rand, raw string, change func(line string) string, words ...string) string {
	return inHeader(raw, func(lines []string) []string {
		var at []int
		for i, line := range lines {
			word, _, _ := strings.Cut(line, " ")
			if len(words) == 0 || slices.Contains(words, word) {
				at = append(at, i)
			}
		}
		if len(at) > 0 {
			i := at[r.IntN(len(at))]
			lines[i] = change(lines[i])
		}
		return lines
	})
}

// more puts a line anywhere into the header.
func more(r *rand.Rand, raw, line string) string {
	return inHeader(raw, func(lines []string) []string { return slices.Insert(lines, r.IntN(len(lines)+1), line) })
}

// inPart replaces the first, second or third part of an identity line: who, when, zone.
func inPart(r *rand.Rand, raw string, part int, values ...string) string {
	return inLine(r, raw, func(line string) string {
		word, value, _ := strings.Cut(line, " ")
		end := strings.LastIndex(value, "> ") + 1
		parts := append([]string{value[:max(end, 0)]}, strings.Fields(value[max(end, 0):])...)
		if part < len(parts) {
			parts[part] = oneOf(r, values...)
		}
		return word + " " + strings.Join(parts, " ")
	}, "author", "committer")
}

// odd are bytes that somebody may take for others.
var odd = []string{"\x00", "\r", "\t", "\x7f", "\u0085", "\xff", " ", "\n", "\x1b", "\u00a0", "\u202e", "\u2028", "\v", "<", ">", "é", "\n ", "\r\n", "0"}

func between(r *rand.Rand, text, what string) string {
	at := r.IntN(len(text) + 1)
	return text[:at] + what + text[at:]
}

// boss is somebody else who could have written it.
const boss = "Boss <boss@x> 1767574800 +0700"

// mutations are the ways in which a commit is not what it was.
var mutations = []mutation{
	{"order of headers", func(r *rand.Rand, raw string) string {
		return inHeader(raw, func(l []string) []string {
			i, k := r.IntN(len(l)), r.IntN(len(l))
			l[i], l[k] = l[k], l[i]
			return l
		})
	}},
	{"a header twice", func(r *rand.Rand, raw string) string {
		return inHeader(raw, func(l []string) []string { return slices.Insert(l, r.IntN(len(l)+1), l[r.IntN(len(l))]) })
	}},
	{"a header less", func(r *rand.Rand, raw string) string {
		return inHeader(raw, func(l []string) []string { i := r.IntN(len(l)); return slices.Delete(l, i, i+1) })
	}},
	{"who", func(r *rand.Rand, raw string) string {
		return inPart(r, raw, 0, "<a@b>", " <a@b>", "  <a@b>", "Siti  <a@b>", " Siti <a@b>", "Siti\t<a@b>", "Siti <>", "Siti < a@b>", "Siti <a@b >", "Siti a@b",
			"Siti <a@b> <c@d>", "Siti <x> b <c@d>", "Siti >a@b<", "S<iti <a@b>", "S>iti <a@b>", "Siti <<a@b>>", "Siti <a@b", "Siti<a@b>", "Šiti Ñ <a@b>", "Siti. <a@b>",
			"'Siti' <a@b>", "\"Siti\" <a@b>", "Siti, S.Kom. <a@b>", "Si\u00a0ti <a@b>", "\u3000 <a@b>", "Siti <é@b>", "Siti <a@b\u200b>", strings.Repeat("S", 2000)+" <a@b>", "- <->", ". <.>", "; <;>")
	}},
	{"when", func(r *rand.Rand, raw string) string {
		return inPart(r, raw, 1, "0", "1", "-1", "00", "01767574800", "0000000000", "99999999999", "100000000000", "9223372036854775808", "18446744073709551616", "1e9", "0x10",
			"+1767574800", "1767574800.5", "", "abc", " 1767574800", "2147483648", "4294967296", "253402300800", "١٧٦٧٥٧٤٨٠٠")
	}},
	{"time zone", func(r *rand.Rand, raw string) string {
		return inPart(r, raw, 2, "-0000", "+0000", "+1400", "-1400", "+1445", "+1500", "+0545", "-0930", "-0030", "+0015", "+0701", "+0760", "+07", "+07:00", "0700", "+00700", "UTC", "Z", "+9999",
			"+0700 x", "+0700 ", "", "−0700", "+0700\t", "- 700")
	}},
	{"an odd byte in the header", func(r *rand.Rand, raw string) string {
		header, message, _ := strings.Cut(raw, "\n\n")
		return between(r, header, oneOf(r, odd...)) + "\n\n" + message
	}},
	{"an odd byte in the message", func(r *rand.Rand, raw string) string {
		header, message, _ := strings.Cut(raw, "\n\n")
		return header + "\n\n" + between(r, message, oneOf(r, odd...))
	}},
	{"a line that continues another", func(r *rand.Rand, raw string) string {
		return more(r, raw, oneOf(r, " x", " ", "  ", "\tx", " author "+boss, " parent "+strings.Repeat("a", 40), " gpgsig x", " -----END SSH SIGNATURE-----"))
	}},
	{"a header more", func(r *rand.Rand, raw string) string {
		return more(r, raw, oneOf(r, "change-id x", "HG:extra a:b", "author-x y", "Author "+boss, "AUTHOR "+boss, "author\t"+boss, "author "+boss, "committer "+boss,
			"parent x", "parent "+strings.Repeat("a", 40), "tree "+strings.Repeat("b", 40), "mergetag object x", "mergetag", "x", "x ", ": y", "x\ty", "héader y", "header é", "gpgsigx y",
			"gpgsig", "gpgsig ", "gpgsig x", "gpgsig-sha256 x", "gpgsig-sha256 -----BEGIN SSH SIGNATURE-----", "GPGSIG x", "encoding", "encoding "))
	}},
	{"blanks about a line", func(r *rand.Rand, raw string) string {
		return inLine(r, raw, func(line string) string {
			switch r.IntN(6) {
			case 0:
				return " " + line
			case 1:
				return line + " "
			case 2:
				return line + "\r"
			case 3:
				return line + "\t"
			case 4:
				return strings.Replace(line, " ", "\t", 1)
			}
			return strings.Replace(line, " ", "  ", 1)
		})
	}},
	{"parents", func(r *rand.Rand, raw string) string {
		return inHeader(raw, func(l []string) []string {
			i := slices.IndexFunc(l, func(s string) bool { return strings.HasPrefix(s, "author ") })
			id := fmt.Sprintf("%040x", r.Uint64())
			if k := r.IntN(max(i, 1)); strings.HasPrefix(l[k], "parent ") {
				id = l[k][7:]
			}
			form := oneOf(r, id, id, strings.ToUpper(id), id[:min(7, len(id))], id+"a", strings.Repeat("0", 40), id+" ", " "+id, "")
			return slices.Insert(l, min(len(l), 1+r.IntN(max(i, 1))), "parent "+form)
		})
	}},
	{"tree", func(r *rand.Rand, raw string) string {
		return inLine(r, raw, func(line string) string {
			id := strings.TrimPrefix(line, "tree ")
			return "tree " + oneOf(r, strings.ToUpper(id), id[:min(7, len(id))], id+"a", fmt.Sprintf("%040x", r.Uint64()), id+" ", "", "4b825dc642cb6eb9a060e54bf8d69288fbee4904")
		}, "tree")
	}},
	{"where the header ends", func(r *rand.Rand, raw string) string {
		header, message, _ := strings.Cut(raw, "\n\n")
		switch r.IntN(9) {
		case 0:
			return header
		case 1:
			return header + "\n"
		case 2:
			return header + "\n\n"
		case 3:
			return header + "\n" + message
		case 4:
			return header + "\n \n" + message
		case 5:
			return header + "\n\r\n" + message
		case 6:
			return raw[:r.IntN(len(raw)+1)]
		case 7:
			return "\n" + raw
		}
		return strings.ReplaceAll(raw, "\n", "\r\n")
	}},
	{"message", func(r *rand.Rand, raw string) string {
		header, message, _ := strings.Cut(raw, "\n\n")
		return header + "\n\n" + oneOf(r, "", "\n", "\n\n\n", "\n\n"+message, strings.TrimSuffix(message, "\n"), message+"\n\n\n", " "+message, message+" ", "author "+boss+"\n",
			"gpgsig -----BEGIN SSH SIGNATURE-----\n x\n -----END SSH SIGNATURE-----\n", "-----BEGIN SSH SIGNATURE-----\nx\n", "é\u0301 \u202e\n", "e\xcc\n", "\ufeff"+message, strings.Repeat("x", 70000))
	}},
	{"encoding", func(r *rand.Rand, raw string) string {
		return more(r, raw, "encoding "+oneOf(r, "UTF-8", "utf-8", "utf8", "UTF8", "ISO-8859-1", "latin1", "Windows-1252", "cp1252", "US-ASCII", "UTF-7", "UTF-16", "Shift_JIS", "x", "EBCDIC-INT", "UTF-8 ", "none", ""))
	}},
	{"any bit", func(r *rand.Rand, raw string) string {
		if raw == "" {
			return raw
		}
		bytes := []byte(raw)
		bytes[r.IntN(len(bytes))] ^= 1 << r.IntN(8)
		return string(bytes)
	}},
}

// armours are the ways in which a signature in a commit is not what it was.
var armours = []mutation{
	{"a signature twice", func(r *rand.Rand, raw string) string {
		return inHeader(raw, func(l []string) []string {
			if sig := signed(l); sig != nil {
				l = slices.Insert(l, r.IntN(len(l)+1), sig...)
			}
			return l
		})
	}},
	{"a signature elsewhere", func(r *rand.Rand, raw string) string {
		return inHeader(raw, func(l []string) []string {
			if sig := signed(l); sig != nil {
				i := slices.Index(l, sig[0])
				l = slices.Delete(l, i, i+len(sig))
				l = slices.Insert(l, r.IntN(len(l)+1), sig...)
			}
			return l
		})
	}},
	{"a signature by another name", func(r *rand.Rand, raw string) string {
		return strings.Replace(raw, "\ngpgsig ", "\n"+oneOf(r, "gpgsig-sha256 ", "GPGSIG ", "gpgsig", "gpgsig  ", "gpgsig\t", "gpgsigx ", " gpgsig "), 1)
	}},
	{"a line of the armour", func(r *rand.Rand, raw string) string {
		return inHeader(raw, func(l []string) []string {
			sig := signed(l)
			if sig == nil {
				return l
			}
			i := slices.Index(l, sig[0]) + r.IntN(len(sig))
			if r.IntN(2) == 0 {
				return slices.Insert(l, i, oneOf(r, " ", "  ", " \r", " x", " \t", " =", " AAAA", " -----BEGIN SSH SIGNATURE-----", " -----END SSH SIGNATURE-----", " -----BEGIN PGP SIGNATURE-----", ""))
			}
			switch r.IntN(4) {
			case 0:
				l[i] += oneOf(r, " ", "\r", "\t", "=", "A", "\v", "\f", "\x00")
			case 1:
				l[i] = between(r, l[i], oneOf(r, odd...))
			case 2:
				return slices.Delete(l, i, i+1)
			default:
				l[i] = strings.Replace(l[i], "--", oneOf(r, "-", "---", "—"), 1)
			}
			return l
		})
	}},
	{"lines of another length", func(r *rand.Rand, raw string) string {
		return inHeader(raw, func(l []string) []string {
			sig := signed(l)
			if len(sig) < 3 {
				return l
			}
			i, body := slices.Index(l, sig[0]), strings.ReplaceAll(strings.Join(sig[1:len(sig)-1], ""), " ", "")
			var lines []string
			for n := 1 + r.IntN(120); body != ""; {
				k := min(n, len(body))
				lines, body = append(lines, " "+body[:k]), body[k:]
			}
			return slices.Concat(l[:i+1], lines, l[i+len(sig)-1:])
		})
	}},
	{"a digit of the signature", func(r *rand.Rand, raw string) string {
		return inHeader(raw, func(l []string) []string {
			sig := signed(l)
			if len(sig) < 3 {
				return l
			}
			i := slices.Index(l, sig[0]) + 1 + r.IntN(len(sig)-2)
			if line := []byte(l[i]); len(line) > 1 {
				line[1+r.IntN(len(line)-1)] = "ABCDabcd0189+/=-_"[r.IntN(17)]
				l[i] = string(line)
			}
			return l
		})
	}},
}

// signed are the lines of the header's first signature.
func signed(lines []string) []string {
	i := slices.IndexFunc(lines, func(s string) bool { return strings.HasPrefix(s, "gpgsig ") })
	if i < 0 {
		return nil
	}
	k := i + 1
	for k < len(lines) && strings.HasPrefix(lines[k], " ") {
		k++
	}
	return slices.Clone(lines[i:k])
}
