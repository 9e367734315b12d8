namespace SimServe.GpuBackend.Training.Scenes;

/// <summary>What a caption says of one object.</summary>
/// <param name="Shape">Its shape.</param>
/// <param name="Colour">Its colour.</param>
/// <param name="Size">Its size, or <c>null</c> when it is not said.</param>
/// <param name="Texture">How it is filled; captions do not mention <see cref="SceneTexture.Plain"/>.</param>
/// <param name="ToNext">Where it stands from the next object of the caption, or <c>null</c> for the last.</param>
public sealed record ScenePhrase(SceneShape Shape, SceneColour Colour, SceneSize? Size, SceneTexture Texture, SceneRelation? ToNext)
{
    /// <summary>The phrase's words with those of the relation, e.g. <c>a small red circle left of</c>.</summary>
    public IEnumerable<string> Words
    {
        get
        {
            yield return "a";
            if (Size is { } size)
            {
                yield return size.ToString().ToLowerInvariant();
            }

            if (Texture != SceneTexture.Plain)
            {
                yield return Texture.ToString().ToLowerInvariant();
            }

            yield return Colour.ToString().ToLowerInvariant();
            yield return Shape.ToString().ToLowerInvariant();
            if (ToNext is { } relation)
            {
                foreach (var word in relation switch
                {
                    SceneRelation.LeftOf => (string[])["left", "of"],
                    SceneRelation.RightOf => ["right", "of"],
                    SceneRelation.Above => ["above"],
                    _ => ["below"],
                })
                {
                    yield return word;
                }
            }
        }
    }
}
