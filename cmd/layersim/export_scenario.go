package main

import (
	"context"

	"layersim/fixtures"
	"layersim/flow/journal"
	"layersim/flow/scenario"
)

// scenario writes the walk down as a scenario that 'layersim run' passes. What
// could not be carried over is in comments of the file and in the remarks.
func (x exporting) scenario(ctx context.Context, r journal.Recording) (document []byte, remarks []string, err error) {
	catalog, err := fixtures.Load(x.folder)
	if err != nil {
		return nil, nil, usagef("the fixtures cannot be used:\n%w", err)
	}
	made, left, err := scenario.FromRecording(r, catalog)
	if err != nil {
		return nil, nil, usagef("%w", err)
	}
	made, unfit, err := scenario.Fit(ctx, made, func(ctx context.Context, sc scenario.Scenario) (scenario.Result, error) {
		stage, err := newStage(ctx, sc, catalog, nil)
		if err != nil {
			return scenario.Result{}, err
		}
		defer func() { _ = stage.Close() }()
		return scenario.Run(ctx, sc, stage.world())
	})
	switch {
	case ctx.Err() != nil:
		return nil, nil, errInterrupted
	case err != nil:
		return nil, nil, err
	}
	left = append(left, unfit...)
	said := left
	if r.Torn {
		said = append([]string{"The last line of the recording breaks off and was left out."}, left...)
	}
	return scenario.Commented(made.YAML(), said), left, nil
}
