package policies_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tambal-id/tambal/policies"
)

// The constants of this file are typed from the source document, not from sop.yaml.

func TestTheProcedureIsTheSourceSOPWordForWord(t *testing.T) {
	p := policies.Default().Procedure
	tests := []struct {
		name      string
		got, want any
	}{
		{"number", p.Number, "500.12.10/221/406.020/2025"},
		{"title with its typing error", p.TitleAsPrinted, "SOP Implementasi Security Patch Sistem Eelektronik"},
		{"corrected title", p.Title, "SOP Implementasi Security Patch Sistem Elektronik"},
		{"dates", []string{p.CreatedOn, p.RevisedOn, p.ApprovedOn}, []string{"", "", "2025-12-09"}},
		{"approved by", p.ApprovedBy.Position, "Plt. Kepala Dinas Komunikasi dan Informatika Kabupaten Trenggalek"},
		{"office", p.Office, policies.Office{Government: "Pemerintah Kabupaten Trenggalek", Agency: "Dinas Komunikasi dan Informatika"}},
		{"legal basis", p.LegalBasis, []string{
			"Undang-undang Nomor 25 Tahun 2009 tentang Pelayanan Publik",
			"Peraturan Menteri Pendayagunaan Aparatur Negara dan Reformasi Birokrasi RI No 35 Tahun 2012 tentang Pedoman Penyusunan SOP Adminstrasi Pemerintahan",
			"Peraturan Menteri Dalam Negeri No 52 tahun 2011 tentang SOP di Lingkungan Pemerintah Provinsi dan Kabupaten/Kota",
			"Peraturan Badan Siber dan Sandi Negara Nomor 10 Tahun 2019 tentang Pelaksanaan Persandian untuk Pengamanan Informasi di Pemerintah Daerah",
			"Peraturan Badan Siber dan Sandi Negara Nomor 4 Tahun 2021 tentang Pedoman Manajemen Keamanan Informasi Sistem Pemerintahan Berbasis Elektronik dan Standar Teknis dan Prosedur Keamanan Sistem Pemerintahan Berbasis Elektronik",
			"Peraturan Daerah Kabupaten Trenggalek Nomor 11 Tahun 2019 Tentang Pelayanan Publik",
			"Peraturan Bupati (Perbup) Kabupaten Trenggalek Nomor 11 Tahun 2022 Tentang Penyelenggaraan Sistem Pemerintahan Berbasis Elektronik Di Lingkungan Pemerintah Daerah",
		}},
		{"qualifications", p.Qualifications, []policies.Qualification{
			{ID: "Q1", Text: "Mampu mengoperasikan Komputer dengan baik;"},
			{ID: "Q2", Text: "Memiliki pengetahuan di bidang keamanan informasi dengan baik;"},
			{ID: "Q3", Text: "Memiliki kemampuan analisis dalam mengidentifikasi insiden siber;"},
			{ID: "Q4", Text: "Memahami prinsip-prinsip keamanan informasi;"},
			{ID: "Q5", Text: "Memiliki pengetahuan administrasi umum;"},
			{ID: "Q6", Text: "Mampu memantau, mendeteksi anomali, dan menganalisis kerentanan atau potensi masalah keamanan;"},
			{ID: "Q7", Text: "Memiliki kemampuan untuk melakukan koordinasi dengan pihak-pihak terkait."},
		}},
		{"related SOPs and records are empty", [][]string{p.RelatedSOPs, p.Records}, [][]string{nil, nil}},
		{"equipment", p.Equipment, []string{
			"Laporan Insiden", "Laptop/Printer;", "Tools (Keamanan Siber) Perangkat Komputer;", "Media Komunikasi;",
			"Perangkat Lunak Security Information and Event Management (SIEM);", "Instrumen Vulnerability Scanning;",
		}},
		{"warnings", p.Warnings, []string{
			"Jika SOP ini tidak berjalan maka akan mengakibatkan dampak yang mencakup keterlambatan perbaikan, peningkatan resiko siber, penurunan efisiensi, rusaknya reputasi organisasi, ketidaksesuaian dengan regulasi dan kerugian finansial;",
			"Dapat menyebabkan potensi celah keamanan yang lebih besar;",
			"Dapat menghambat pemulihan dan kelancaran operasional.",
		}},
		{"lanes", []string{p.Role("administrator").Title, p.Role("technical-team").Title, p.Role("kabid").Title},
			[]string{"Administrator", "Pengelola/Tim Teknis", "Kabid Statistik & Persandian"}},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, tt.got); diff != "" {
			t.Errorf("%s (-source +sop.yaml):\n%s", tt.name, diff)
		}
	}
}

// row is what the source prints in one row, and what the tool makes of its time.
type row struct {
	name, no, title, time string
	standard              policies.Standard
	equipment             []string
	output, remark        string
}

func TestTheEightRowsAreTheSourceSOPWordForWord(t *testing.T) {
	usual := []string{"Laptop", "Media Komunikasi"}
	want := []row{
		{"monitoring", "1", "Melakukan pemantauan/monitoring Security Patch", "10 Menit", policies.Standard{Minutes: 10}, usual, "", ""},
		{"plan", "2", "Membuat perencanaan Implementasi Security Patch", "30 Menit", policies.Standard{Minutes: 30}, usual, "", ""},
		{"analysis", "3", "Menganalisis Rencana Implementasi Security Patch", "60 Menit", policies.Standard{Minutes: 60}, usual,
			"Hasil Analisis dan rekomendasi", ""},
		{"approval", "4", "Persetujuan Permohonan Izin Implementasi Security Patch", "10 Menit", policies.Standard{Minutes: 10}, usual,
			"Persetujuan rekomendasi (disposisi)", "Dilakukan berdasarkan rekomendasi tim teknis dari hasil analisis"},
		{"schedule", "5", "Penjadwalan Implementasi Security Patch", "10 menit", policies.Standard{Minutes: 10},
			[]string{"Laptop", "data-data log", "Media Komunikasi"}, "", "Melaksanakan penjadwalan kegiatan"},
		{"implementation", "6", "Implementasi Security Patch", "2 Hari", policies.Standard{Days: 2},
			[]string{"Laptop", "perangkat lunak Security Information and Event Management (SIEM)", "Instrumen Vulnerability Assessment", "media komunikasi"},
			"", "Melakukan pengujian dan pemantauan pada sistem elektronik yang diimplementasi"},
		{"report", "6", "Penyusunan Laporan Implementasi Security Patch", "1 Hari", policies.Standard{Days: 1}, usual, "Laporan hasil implementasi", ""},
		{"closure", "7", "Selesai", "10 Menit", policies.Standard{Minutes: 10}, usual, "", ""},
	}
	var got []row
	for _, s := range policies.Default().Procedure.Steps {
		got = append(got, row{s.Name, s.PrintedNo, s.Title, s.PrintedTime, s.Standard, s.Equipment, s.Output, s.Remark})
		if s.DisplayNo == "" || s.TitleEnglish == "" || s.Pos.Line == 0 {
			t.Errorf("%s lacks display number, English title or position", s.Name)
		}
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(row{})); diff != "" {
		t.Errorf("rows (-source +sop.yaml):\n%s", diff)
	}
	if no := policies.Default().Procedure.Step("report").DisplayNo; no != "6 (lanjutan)" {
		t.Errorf("the second 6 is shown as %q", no)
	}
}

func TestFlowchartLabelsStandOnTheirConnectors(t *testing.T) {
	var got [][2]string
	for _, s := range policies.Default().Procedure.Steps {
		for _, way := range s.Transitions {
			if way.Label != "" {
				got = append(got, [2]string{way.Label, way.Connector})
			}
		}
	}
	want := [][2]string{{"Perlu Implementasi", ""}, {"Tidak Perlu", "A"}, {"Tidak Terjadi Anomali", "B"}, {"Terjadi Anomali", "A"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestParseStandard(t *testing.T) {
	good := map[string]policies.Standard{"1m": {Minutes: 1}, "10m": {Minutes: 10}, "9999m": {Minutes: 9999}, "1 working day": {Days: 1}, "2 working days": {Days: 2}}
	for s, want := range good {
		if got, err := policies.ParseStandard(s); err != nil || got != want {
			t.Errorf("ParseStandard(%q) = %v, %v", s, got, err)
		}
	}
	for _, s := range []string{"", "m", "0m", "-1m", "+1m", "01m", "10", "10000m", "10 m", "10ms", "1h", "2 days", "working days", "0 working days", "2  working days"} {
		if got, err := policies.ParseStandard(s); err == nil {
			t.Errorf("ParseStandard(%q) = %v", s, got)
		}
	}
}
