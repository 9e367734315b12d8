using System.Globalization;
using System.Text.Json;
using SimServe.GpuBackend.ModelFiles;

namespace SimServe.GpuBackend.Tokenizers;

/// <summary>What tokenizer_config.json and the files beside it say, whatever the kind of tokenizer.</summary>
/// <remarks>
/// Older folders have no <c>added_tokens_decoder</c>: there special_tokens_map.json overrides tokenizer_config.json and added_tokens.json
/// numbers the added tokens, as in <c>PreTrainedTokenizerBase._from_pretrained</c> of transformers.
/// </remarks>
internal sealed class TokenizerSettings
{
    public const string FileName = "tokenizer_config.json";
    private const string DecoderKey = "added_tokens_decoder";
    private const string SpecialsFileName = "special_tokens_map.json";
    private const string AddedFileName = "added_tokens.json";

    private readonly JsonElement[] _specials;
    private readonly string _path;

    private TokenizerSettings(TokenizerFolder folder)
    {
        var config = folder.Json(FileName);
        JsonElement[] map = folder.Has(SpecialsFileName) ? [folder.Json(SpecialsFileName)] : [];
        var listed = config.TryGetProperty(DecoderKey, out var decoder);
        _path = folder.PathOf(FileName);
        _specials = listed ? [config, .. map] : [.. map, config];
        ClassName = config.TryGetProperty("tokenizer_class", out var name) ? name.ToString() : string.Empty;
        MaxLength = Length(config);
        Added = listed ? Listed(decoder) : Legacy(folder);
    }

    /// <summary>Which tokenizer of transformers the files are for; empty when the file does not say.</summary>
    public string ClassName { get; }

    /// <summary>Tokens allowed, or <c>null</c> when the file does not say.</summary>
    public int? MaxLength { get; }

    /// <summary>Tokens that are looked for in the text.</summary>
    public IReadOnlyList<AddedToken> Added { get; }

    public static TokenizerSettings Read(TokenizerFolder folder) => new(folder);

    /// <summary>A special token's text, e.g. of <c>pad_token</c>.</summary>
    public string Special(string role, string otherwise)
    {
        foreach (var source in _specials)
        {
            if (source.TryGetProperty(role, out var token))
            {
                var content = token.ValueKind == JsonValueKind.Object && token.TryGetProperty("content", out var inner) ? inner : token;
                if (content.ValueKind == JsonValueKind.String)
                {
                    return content.GetString()!;
                }
            }
        }

        return otherwise;
    }

    private AddedToken[] Listed(JsonElement decoder) => decoder.ValueKind == JsonValueKind.Object
        ? [.. decoder.EnumerateObject().Select(Listed)]
        : throw new ModelFileException($"'{_path}': {DecoderKey} is a JSON {decoder.ValueKind}, not an object.");

    private AddedToken Listed(JsonProperty entry) =>
        int.TryParse(entry.Name, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
        && entry.Value.ValueKind == JsonValueKind.Object
        && entry.Value.TryGetProperty("content", out var content)
        && content.ValueKind == JsonValueKind.String
            ? new AddedToken(content.GetString()!, id, Flag(entry.Value, "lstrip"), Flag(entry.Value, "rstrip"))
            : throw new ModelFileException(
                $"'{_path}': the entry '{entry.Name}' of {DecoderKey} is not a token number with an object that has a text 'content'.");

    private static AddedToken[] Legacy(TokenizerFolder folder) => folder.Has(AddedFileName)
        ? [.. folder.Numbers(AddedFileName).Select(static entry => new AddedToken(entry.Key, entry.Value))]
        : [];

    private static bool Flag(JsonElement token, string name) => token.TryGetProperty(name, out var flag) && flag.ValueKind == JsonValueKind.True;

    // "No limit" is written as a number far beyond any integer type.
    private int? Length(JsonElement config)
    {
        if (!config.TryGetProperty("model_max_length", out var length) || length.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        return length.ValueKind == JsonValueKind.Number && length.GetDouble() is >= 1 and var value
            ? (int)Math.Min(value, int.MaxValue)
            : throw new ModelFileException($"'{_path}' has the model_max_length {length.GetRawText()}; it must be a number from 1.");
    }
}
