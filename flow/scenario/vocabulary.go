package scenario

// Vocabulary lists every word that a step can have for its deed, such as "create
// token", in the order of the reference.
func Vocabulary() []string { return words() }
