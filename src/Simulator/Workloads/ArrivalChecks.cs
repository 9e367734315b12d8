using System.Runtime.CompilerServices;

namespace SimServe.Simulator.Workloads;

/// <summary>Ranges that arrival processes share.</summary>
internal static class ArrivalChecks
{
    public const double LeastVariation = 0.01;
    public const double MostVariation = 10;

    public static void Positive(double value, [CallerArgumentExpression(nameof(value))] string? name = null) =>
        Require(double.IsFinite(value) && value > 0, value, "a finite number greater than 0", name);

    public static void NotNegative(double value, [CallerArgumentExpression(nameof(value))] string? name = null) =>
        Require(double.IsFinite(value) && value >= 0, value, "a finite number of at least 0", name);

    public static void Variation(double value, [CallerArgumentExpression(nameof(value))] string? name = null) =>
        Require(value is >= LeastVariation and <= MostVariation, value, $"a coefficient of variation from {LeastVariation} to {MostVariation}", name);

    public static void Share(double value, [CallerArgumentExpression(nameof(value))] string? name = null) =>
        Require(value is >= 0 and <= 1, value, "a number from 0 to 1", name);

    private static void Require(bool holds, double value, string range, string? name)
    {
        if (!holds)
        {
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be {range}.");
        }
    }
}
