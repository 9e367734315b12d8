namespace SimServe.Simulator.Planning;

/// <summary>How likely the recommended answer meets the objective.</summary>
/// <param name="Value">The probability.</param>
/// <param name="Low">Lower end of its 95 % interval; equal to <paramref name="Value"/> where there is none.</param>
/// <param name="High">Upper end.</param>
/// <param name="Draws">Replications with a factor of their own each; 0 where no calibration error was given.</param>
/// <param name="Covers">What it covers, in words.</param>
public sealed record MeetingProbability(double Value, double Low, double High, int Draws, string Covers);
