namespace SimServe.Simulator.Calibration;

/// <summary>Rejects measurements that no fit can be made of, all faults in one message.</summary>
internal static class LinearFitInput
{
    public static void Check(IReadOnlyList<double[]> rows, IReadOnlyList<double> measuredSeconds)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(measuredSeconds);
        string[] faults = [.. Faults(rows, measuredSeconds)];
        if (faults.Length > 0)
        {
            throw new ArgumentException($"The measurements cannot be fitted: {string.Join(' ', faults)}");
        }
    }

    private static IEnumerable<string> Faults(IReadOnlyList<double[]> rows, IReadOnlyList<double> measuredSeconds)
    {
        if (rows.Count == 0 || rows.Count != measuredSeconds.Count)
        {
            yield return $"there are {rows.Count} rows of features and {measuredSeconds.Count} measurements; give equally many, at least 1.";
            yield break;
        }

        var features = rows[0]?.Length ?? 0;
        for (var i = 0; i < rows.Count; i++)
        {
            if (rows[i] is null || rows[i].Length == 0 || rows[i].Length != features)
            {
                yield return $"row {i} has {rows[i]?.Length ?? 0} features; every row needs as many as row 0, at least 1.";
            }
            else if (!Array.TrueForAll(rows[i], double.IsFinite))
            {
                yield return $"row {i} has a feature that is not finite.";
            }

            if (!(double.IsFinite(measuredSeconds[i]) && measuredSeconds[i] > 0))
            {
                yield return $"measurement {i} is {measuredSeconds[i]} s; it must be finite and greater than 0.";
            }
        }
    }
}
