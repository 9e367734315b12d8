using System.Globalization;
using System.Text.Json;
using SimServe.Policies;

namespace SimServe.Simulator.Traces.Katz;

/// <summary>Reads one object of Katz's trace: the cursor stands on its opening bracket, and afterwards on its closing one.</summary>
/// <param name="cursor">The file.</param>
/// <param name="known">The names read so far: half a million requests share some thousands of them.</param>
internal sealed class KatzRequest(JsonCursor cursor, HashSet<string> known)
{
    private const NumberStyles Decimal = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
    private const decimal LongestSeconds = (decimal)long.MaxValue / TimeSpan.TicksPerSecond;

    private static readonly string[] Keys = ["timestamp", "ip", "scene_id", "base_model_id", "controlnets", "loras"];

    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private TraceRequest? _request;

    /// <param name="drawn">The request with everything drawn; what the object knows replaces it.</param>
    public TraceRequest Read(TraceRequest drawn)
    {
        _request = drawn;
        while (cursor.Read() && cursor.Type != JsonTokenType.EndObject)
        {
            ReadPair(cursor.Text);
        }

        var missing = Keys.Where(key => !_seen.Contains(key)).ToArray();
        if (missing.Length > 0 && !cursor.IsBroken)
        {
            cursor.FaultHere($"a request without {string.Join(", ", missing)}", string.Join(", ", Keys), "Add the keys; a request without adapters has null.");
        }

        return _request;
    }

    private void ReadPair(string key)
    {
        if (!Keys.Contains(key, StringComparer.Ordinal))
        {
            cursor.Fault(string.Join(", ", Keys), "Remove the key, or correct its name.");
        }
        else if (!_seen.Add(key))
        {
            cursor.Fault("every key once", "Remove one of them.");
        }
        else if (cursor.Read())
        {
            ReadValue(key);
        }
    }

    private void ReadValue(string key)
    {
        switch (key)
        {
            case "timestamp":
                _request = _request! with { ArrivesAt = Time() };
                break;
            case "scene_id":
                _request = _request! with { Tenant = Name() };
                break;
            case "controlnets":
                _request = _request! with { ControlNets = Names() };
                break;
            case "loras":
                _request = _request! with { Loras = Names() };
                break;
            case "base_model_id" when cursor.Type == JsonTokenType.Null:
                break;
            default:
                Name();
                break;
        }
    }

    private Instant Time()
    {
        if (cursor.Type == JsonTokenType.Number && decimal.TryParse(cursor.Text, Decimal, CultureInfo.InvariantCulture, out var seconds)
            && seconds >= 0 && seconds < LongestSeconds)
        {
            return new Instant((long)Math.Min(long.MaxValue, Math.Round(seconds * TimeSpan.TicksPerSecond)));
        }

        cursor.Fault("seconds: a finite number that is not negative", "Correct the time.");
        return Instant.Start;
    }

    private string Name()
    {
        if (cursor.Type == JsonTokenType.String && TraceName.IsValid(cursor.Text))
        {
            return Shared(cursor.Text);
        }

        cursor.Fault($"a name with {TraceName.Allowed}", "Rename it.");
        return "";
    }

    private string Shared(string name)
    {
        if (known.TryGetValue(name, out var same))
        {
            return same;
        }

        known.Add(name);
        return name;
    }

    private string[] Names()
    {
        if (cursor.Type == JsonTokenType.Null)
        {
            return [];
        }

        if (cursor.Type != JsonTokenType.StartArray)
        {
            cursor.Fault("null or a list of names", "Correct the list.");
            return [];
        }

        var names = new List<string>();
        while (cursor.Read() && cursor.Type != JsonTokenType.EndArray)
        {
            names.Add(Name());
        }

        return [.. names.Distinct(StringComparer.Ordinal)];
    }
}
