namespace SimServe.Cli.Training;

/// <summary>What the command line asks of <c>train</c>.</summary>
/// <param name="Recipe">A recipe's folder, or <c>null</c> for one that is built in.</param>
/// <param name="Out">Where everything goes; <c>null</c> only with <paramref name="Check"/>.</param>
/// <param name="Parts">Parts to train; none means all, and the model's folder with its measures.</param>
/// <param name="Use">A folder of models whose parts are taken as finished, or <c>null</c>.</param>
/// <param name="Start">A folder of models whose denoisers the training begins with, or <c>null</c>.</param>
/// <param name="Check">Whether goals must be reached, and nothing is kept without <paramref name="Out"/>.</param>
/// <param name="Device">On what it is trained.</param>
/// <param name="Threads">Processor threads, or <c>null</c> for one for each core.</param>
internal sealed record TrainRequest(string? Recipe, string? Out, IReadOnlyList<string> Parts, string? Use, string? Start, bool Check, string Device, int? Threads);
