namespace SimServe.Cli.Validation;

/// <summary>Shows how far a phase of a job is.</summary>
internal interface IValidationProgress
{
    // Runs a phase that reports the share it has done, from 0 to 1.
    T Show<T>(string phase, Func<Action<double>, T> run);
}
