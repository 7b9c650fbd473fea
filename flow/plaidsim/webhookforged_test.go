package plaidsim

import (
	"crypto/ecdsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"layersim/flow/plaidsim/outbox"
)

// verifierOf asks the simulator for keys, as an app would.
func verifierOf(t testing.TB, s *Sim) *verifier {
	return &verifier{now: s.cfg.Now, keyGet: func(kid string) ([]byte, error) {
		status, raw, _ := postRaw(t, s, "/webhook_verification_key/get", with(object{"key_id": kid}))
		if status != http.StatusOK {
			return nil, errors.New(string(raw))
		}
		return raw, nil
	}}
}

func misdeliver(t testing.TB, s *Sim, m outbox.Misdelivery) {
	t.Helper()
	if _, err := s.Misdeliver(m); err != nil {
		t.Fatal(err)
	}
}

func TestAStrangersVerifierBelievesOurWebhooks(t *testing.T) {
	app := listen(t)
	s := webhookSim(t, app.url)
	v := verifierOf(t, s)
	l := newLink(t, s, "default")
	l.review(fullPhone)
	settle(t, s)
	s.RotateWebhookKey()
	l.do("share", nil)
	settle(t, s)
	got := app.all()
	if len(got) != 2 {
		t.Fatal(app.codes())
	}
	for _, g := range got {
		if strings.Count(g.header.Get("Plaid-Verification"), ".") != 2 {
			t.Errorf("header %q", g.header)
		}
	}
	for i, g := range got[1:] {
		if err := v.verify(g.header, g.body); err != nil {
			t.Errorf("%d: %v", i, err)
		}
	}
	// The first was signed by the key that has expired since.
	if err := v.verify(got[0].header, got[0].body); !errors.Is(err, errExpired) {
		t.Errorf("signed by the old key: %v", err)
	}
	fresh := verifierOf(t, s)
	fresh.now = func() time.Time { return s.cfg.Now().Add(6 * time.Minute) }
	if err := fresh.verify(got[1].header, got[1].body); !errors.Is(err, errOld) {
		t.Errorf("six minutes later: %v", err)
	}
}

// A verifier that had the key in its cache learns of the rotation when a new
// kid turns up, and then refuses the old one.
func TestRotationReachesAVerifierWithACache(t *testing.T) {
	app := listen(t)
	s := webhookSim(t, app.url)
	v := verifierOf(t, s)
	one, two := newLink(t, s, "default"), newLink(t, s, "default")
	one.review(fullPhone)
	settle(t, s)
	first := app.all()[0]
	if err := v.verify(first.header, first.body); err != nil {
		t.Fatal(err)
	}
	expired, current := s.RotateWebhookKey()
	two.review(fullPhone)
	settle(t, s)
	second := app.all()[1]
	if err := v.verify(second.header, second.body); err != nil {
		t.Fatal(err)
	}
	if err := v.verify(first.header, first.body); !errors.Is(err, errExpired) {
		t.Errorf("the old key: %v", err)
	}
	if expired.ExpiredAt == nil || *expired.ExpiredAt != start.Unix() || current.ExpiredAt != nil || current.CreatedAt != start.Unix() || expired.Kid == current.Kid {
		t.Errorf("%+v %+v", expired, current)
	}
}

func TestEachForgeryIsRefusedForItsOwnReason(t *testing.T) {
	reasons := map[outbox.Kind]error{
		outbox.WrongKey: errSignature, outbox.UnknownKid: errNoKey, outbox.ExpiredKey: errExpired, outbox.OldIat: errOld,
		outbox.ChangedBody: errBody, outbox.Reserialised: errBody, outbox.HS256: errAlgorithm, outbox.AlgNone: errAlgorithm,
		outbox.DER: errSignature, outbox.NoHeader: errNoHeader,
	}
	for _, kind := range outbox.Kinds() {
		if !kind.Forged() {
			continue
		}
		t.Run(string(kind), func(t *testing.T) {
			app := listen(t)
			s := webhookSim(t, app.url)
			v := verifierOf(t, s)
			var verdict error
			app.answer = func(w http.ResponseWriter, _ *http.Request) {
				all := app.all()
				if verdict = v.verify(all[len(all)-1].header, all[len(all)-1].body); verdict != nil {
					w.WriteHeader(http.StatusBadRequest)
				}
			}
			misdeliver(t, s, outbox.Misdelivery{Kind: kind})
			l := newLink(t, s, "default")
			l.review(fullPhone)
			settle(t, s)
			if want := reasons[kind]; want == nil || !errors.Is(verdict, want) {
				t.Fatalf("the verdict is %v; want %v", verdict, want)
			}
			d := s.Webhooks()[0]
			if d.State != outbox.Rejected || d.Kind != kind || !d.Forged || d.Status != 400 {
				t.Errorf("%+v", d)
			}
			// Who forges does not try again; the next one is Plaid's own.
			s.Advance(25 * time.Hour)
			settle(t, s)
			same(t, app.codes(), []string{passed})
			if _, ok := s.ResendWebhook(d.ID); !ok {
				t.Fatal("not sent again")
			}
			settle(t, s)
			l.do("share", nil)
			settle(t, s)
			if verdict != nil {
				t.Errorf("the real one: %v", verdict)
			}
			same(t, app.codes(), []string{passed, passed, finished + " SUCCESS"})
		})
	}
}

func TestForgeriesAreWhatTheySay(t *testing.T) {
	app := listen(t)
	s := webhookSim(t, app.url)
	sent := func(kind outbox.Kind) received {
		t.Helper()
		misdeliver(t, s, outbox.Misdelivery{Kind: kind})
		newLink(t, s, "default").review(fullPhone)
		settle(t, s)
		all := app.all()
		return all[len(all)-1]
	}
	for kind, check := range map[outbox.Kind]func(received) error{
		outbox.ChangedBody: func(g received) error {
			if g.o == nil || !strings.Contains(string(g.body), "\n  \"") {
				return errors.New("it is no longer readable")
			}
			return nil
		},
		outbox.Reserialised: func(g received) error {
			if g.o == nil || strings.ContainsAny(string(g.body), "\n ") {
				return errors.New("it still has its whitespace")
			}
			return nil
		},
		outbox.AlgNone: func(g received) error {
			if !strings.HasSuffix(g.header.Get("Plaid-Verification"), ".") {
				return errors.New("it has a signature")
			}
			return nil
		},
		// A verifier that believes the alg of the header would take this one.
		outbox.HS256: func(g received) error {
			signed, err := jose.ParseSignedCompact(g.header.Get("Plaid-Verification"), []jose.SignatureAlgorithm{jose.HS256})
			if err != nil {
				return err
			}
			k, err := verifierOf(t, s).key(signed.Signatures[0].Protected.KeyID)
			if err != nil {
				return err
			}
			der, err := x509.MarshalPKIXPublicKey(k.jwk.Key)
			if err != nil {
				return err
			}
			_, err = signed.Verify(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
			return err
		},
		// It is Plaid's own signature, only written in another way.
		outbox.DER: func(g received) error {
			token := strings.Split(g.header.Get("Plaid-Verification"), ".")
			der, err := base64.RawURLEncoding.DecodeString(token[2])
			if err != nil {
				return err
			}
			k, err := verifierOf(t, s).key(s.WebhookKeys()[0].Kid)
			if err != nil {
				return err
			}
			digest := sha256.Sum256([]byte(token[0] + "." + token[1]))
			if !ecdsa.VerifyASN1(k.jwk.Key.(*ecdsa.PublicKey), digest[:], der) {
				return errors.New("not a signature in ASN.1")
			}
			return nil
		},
		outbox.NoHeader: func(g received) error {
			if _, ok := g.header["Plaid-Verification"]; ok {
				return errors.New("it has a header")
			}
			return nil
		},
	} {
		if err := check(sent(kind)); err != nil {
			t.Errorf("%s: %v", kind, err)
		}
	}
}

func TestMisdeliveriesThatPlaidMakesToo(t *testing.T) {
	app := listen(t)
	s := webhookSim(t, app.url)
	v := verifierOf(t, s)
	believed := func() {
		t.Helper()
		for _, g := range app.all() {
			if err := v.verify(g.header, g.body); err != nil {
				t.Errorf("%s: %v", g.body, err)
			}
		}
	}

	misdeliver(t, s, outbox.Misdelivery{Kind: outbox.Duplicate, Code: finished})
	l := newLink(t, s, "default")
	l.review(fullPhone)
	l.do("close", nil)
	settle(t, s)
	same(t, app.codes(), []string{passed, finished + " EXITED", finished + " EXITED"})
	if got := app.all(); string(got[1].body) != string(got[2].body) {
		t.Error("the two differ")
	}
	believed()

	app.forget()
	misdeliver(t, s, outbox.Misdelivery{Kind: outbox.Reordered})
	l = newLink(t, s, "default")
	l.review(fullPhone)
	settle(t, s)
	same(t, app.codes(), nil)
	l.do("share", nil)
	settle(t, s)
	same(t, app.codes(), []string{finished + " SUCCESS", passed})
	believed()

	app.forget()
	misdeliver(t, s, outbox.Misdelivery{Kind: outbox.Delayed, Delay: outbox.Duration(10 * time.Minute)})
	l = newLink(t, s, "default")
	l.review(fullPhone)
	l.do("share", nil)
	settle(t, s)
	same(t, app.codes(), []string{finished + " SUCCESS"})
	s.Advance(10 * time.Minute)
	settle(t, s)
	same(t, app.codes(), []string{finished + " SUCCESS", passed})
	g := app.all()[1]
	if err := v.verify(g.header, g.body); err != nil {
		t.Errorf("late, but signed when it was sent: %v", err)
	}

	// The last of a session has none to change places with; it stays armed for
	// another session's first.
	app.forget()
	l = newLink(t, s, "default")
	l.review(fullPhone)
	misdeliver(t, s, outbox.Misdelivery{Kind: outbox.Reordered})
	l.do("share", nil)
	settle(t, s)
	same(t, app.codes(), []string{passed, finished + " SUCCESS"})
	newLink(t, s, "default").review(fullPhone)
	settle(t, s)
	same(t, app.codes(), []string{passed, finished + " SUCCESS"})
	s.Advance(time.Hour) // and if no other comes, it is sent all the same
	settle(t, s)
	same(t, app.codes(), []string{passed, finished + " SUCCESS", passed})
}

func TestMisdeliveriesAreCounted(t *testing.T) {
	app := listen(t)
	s := webhookSim(t, app.url)
	forged := func() (kinds []string) {
		before := len(s.Webhooks())
		l := newLink(t, s, "default")
		l.review(fullPhone)
		l.do("share", nil)
		settle(t, s)
		for _, d := range s.Webhooks()[before:] {
			kinds = append(kinds, fmt.Sprint(d.Kind))
		}
		return kinds
	}
	misdeliver(t, s, outbox.Misdelivery{Kind: outbox.WrongKey, Code: finished, Webhooks: 2})
	misdeliver(t, s, outbox.Misdelivery{Kind: outbox.DER})
	same(t, forged(), []string{"der", "wrong_key"})
	same(t, forged(), []string{"", "wrong_key"})
	same(t, forged(), []string{"", ""})
	misdeliver(t, s, outbox.Misdelivery{Kind: outbox.AlgNone, Webhooks: -1})
	same(t, forged(), []string{"alg_none", "alg_none"})
	s.Redeliver()
	same(t, forged(), []string{"", ""})
	if _, err := s.Misdeliver(outbox.Misdelivery{Kind: "nonsense"}); err == nil || !strings.Contains(err.Error(), "wrong_key") {
		t.Errorf("an unknown kind: %v", err)
	}
}
