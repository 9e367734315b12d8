using System.Text.Json;

namespace SimServe.Simulator.Sweeps;

/// <summary>One value of a varied key.</summary>
/// <param name="Json">As JSON, e.g. <c>"mask-aware"</c> or <c>2.5</c>: what is put into the scenario.</param>
/// <param name="Label">For people: without the quotes of a text.</param>
/// <param name="Number">The number, or null where the value is none.</param>
public sealed record SweepValue(string Json, string Label, double? Number)
{
    /// <summary>The value of a JSON number, text, or <c>true</c> and <c>false</c>; null for anything else.</summary>
    /// <param name="element">The element.</param>
    public static SweepValue? Of(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Number when element.TryGetDouble(out var number) && double.IsFinite(number) => new SweepValue(element.GetRawText(), element.GetRawText(), number),
        JsonValueKind.String when element.GetString() is { Length: > 0 } text => new SweepValue(element.GetRawText(), text, null),
        JsonValueKind.True or JsonValueKind.False => new SweepValue(element.GetRawText(), element.GetRawText(), null),
        _ => null,
    };
}
