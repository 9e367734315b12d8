using System.Text.Json;
using SimServe.Simulator.Scenarios;

namespace SimServe.Simulator.Sweeps;

/// <summary>JSON as people write it: comments and trailing commas may stay.</summary>
internal static class SweepText
{
    internal static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    public static JsonDocument Parse(string file, string argument = "SWEEP", string example = "a sweep file that exists; experiments/sweep/policies.json is one")
    {
        if (!File.Exists(file))
        {
            throw new InvalidInputException(file, [new InputFault(argument, $"\"{file}\"", example, "Check the path.")]);
        }

        try
        {
            var document = JsonDocument.Parse(File.ReadAllBytes(file), Lenient);

            // Once here, so that no later reading of a text or a key can fail.
            using var writer = new Utf8JsonWriter(Stream.Null);
            document.WriteTo(writer);
            return document;
        }
        catch (InvalidOperationException error)
        {
            throw new InvalidInputException(file, [new InputFault("(the file)", "a \\u escape of half a character", "whole characters", error.Message)]);
        }
        catch (JsonException error)
        {
            throw new InvalidInputException(file, [new InputFault(
                $"line {(error.LineNumber ?? 0) + 1}", "what cannot be read", "JSON; comments and trailing commas may stay", $"Correct it: {error.Message.Split(". ")[0]}.")]);
        }
    }

    public static string Show(JsonElement element)
    {
        var text = element.GetRawText().ReplaceLineEndings(" ");
        return text.Length <= 60 ? text : $"{text[..57]}...";
    }
}
